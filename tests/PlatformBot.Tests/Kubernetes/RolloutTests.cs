using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using PlatformBot.Core.Runs;
using PlatformBot.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>
/// Rollouts of a real cluster, event by event, beside what <c>kubectl rollout status</c> said of them: ours must say the same, in its own words.
/// </summary>
public sealed class RolloutTests
{
    [Theory]
    [InlineData("01-deployment-create")]
    [InlineData("02-deployment-update")]
    [InlineData("03-deployment-noop")]
    [InlineData("05-deployment-progress-deadline")]
    [InlineData("06-deployment-recovery")]
    [InlineData("07-deployment-never-ready")]
    [InlineData("09-deployment-paused")]
    [InlineData("10-deployment-deleted-while-waiting")]
    [InlineData("20-daemonset-create")]
    [InlineData("21-daemonset-update")]
    [InlineData("22-daemonset-ondelete")]
    [InlineData("23-daemonset-no-node")]
    [InlineData("30-statefulset-create")]
    [InlineData("31-statefulset-update")]
    [InlineData("32-statefulset-partition")]
    [InlineData("33-statefulset-stuck")]
    [InlineData("34-statefulset-ondelete")]
    public void Kubectl_says_the_same(string name)
    {
        var ours = Looks(name).Select(look => InKubectlsWords(look, name)).ToList();
        var theirs = SaidByKubectl(name);

        // Kubectl begins a little later and never repeats what it was not asked for, so its lines are found in ours, in order.
        var rest = new Queue<string>(ours);
        theirs.ShouldNotBeEmpty();

        foreach (var line in theirs)
        {
            while (rest.Count > 0 && rest.Peek() != line)
                rest.Dequeue();

            rest.ShouldNotBeEmpty($"kubectl said '{line}', ours: {string.Join(" | ", ours)}");
        }
    }

    [Theory]
    [InlineData("40-job-success", "complete")]
    [InlineData("41-job-failure", "failed: BackoffLimitExceeded: Job has reached the specified backoff limit")]
    [InlineData("42-job-retries", "failed: BackoffLimitExceeded: Job has reached the specified backoff limit")]
    [InlineData("43-job-deadline", "failed: DeadlineExceeded: Job was active longer than specified deadline")]
    [InlineData("44-job-parallel", "complete")]
    public void A_job_is_over_when_its_last_condition_says_so_and_not_before(string name, string saw)
    {
        var looks = Looks(name);

        looks[^1].Saw.ShouldBe(saw);
        (looks[^1].Holds == true || looks[^1].Hopeless).ShouldBeTrue();
        looks.SkipLast(1).ShouldAllBe(look => look.Holds == false && !look.Hopeless);
    }

    [Fact]
    public void A_deployment_whose_pods_may_not_be_made_says_why_although_kubectl_is_silent()
    {
        Looks("08-deployment-quota-replicafailure")
            .ShouldContain(look => look.Saw.Contains("serviceaccount", StringComparison.Ordinal));
        Looks("09-deployment-paused")
            .ShouldContain(look => look.Saw.Contains("it is paused", StringComparison.Ordinal));
    }

    private static List<CheckOutcome> Looks(string name)
    {
        var recording = Recording.Read($"09-workloads/{name}-stream");
        return [.. recording.Stream.Select(line => JsonElement.Parse(line.Line)).Select(Look)];
    }

    private static CheckOutcome Look(JsonElement happened)
    {
        var item = happened.At("object");
        return happened.Text("type") == "DELETED"
            ? new(false, "does not exist")
            : WaitCondition.Look(item, item.Text("kind")!, "rollout");
    }

    private static List<string> SaidByKubectl(string name, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Recorded", "09-workloads", $"{name}-timeline.txt");
        return
        [
            .. File.ReadLines(path)
                .Select(line =>
                    Regex.Match(
                        line,
                        "^ *[0-9.]+ kubectl +(?<said>.*)$",
                        RegexOptions.ExplicitCapture,
                        TimeSpan.FromSeconds(1)
                    )
                )
                .Where(match => match.Success)
                .Select(match => match.Groups["said"].Value)
                .Where(line => !line.StartsWith("exit code", StringComparison.Ordinal))
                .Where(line => line != "error: timed out waiting for the condition"),
        ];
    }

    private static string InKubectlsWords(CheckOutcome look, string name)
    {
        var (kind, word) = name[3..].Split('-')[0] switch
        {
            "deployment" => ($"deployment \"{(name[..2] == "07" ? "nr" : "web")}\"", "replicas"),
            "daemonset" => ($"daemon set \"{(name[..2] == "23" ? "none" : "agent")}\"", "pods"),
            var other => (other, "pods"),
        };
        var numbers = Regex
            .Matches(look.Saw, "[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(match => int.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToArray();
        var isStateful = kind == "statefulset";

        return look switch
        {
            { Saw: "does not exist" } => "error: object has been deleted",
            { Hopeless: true } when look.Saw.StartsWith("exceeded", StringComparison.Ordinal) =>
                $"error: {kind} {look.Saw}",
            { Hopeless: true } => "error: rollout status is only available for RollingUpdate strategy type",
            { Holds: true } when isStateful =>
                $"partitioned roll out complete: {(name.Contains("partition", StringComparison.Ordinal) ? 1 : numbers[1])} new pods have been updated...",
            { Holds: true } => $"{kind} successfully rolled out",
            _ when look.Saw.StartsWith("its controller has not seen", StringComparison.Ordinal) =>
                $"Waiting for {kind.Split(' ')[0]} spec update to be observed...",
            _ when look.Saw.Contains("updated", StringComparison.Ordinal) && isStateful =>
                $"Waiting for partitioned roll out to finish: {numbers[0]} out of {numbers[1]} new pods have been updated...",
            _ when isStateful => $"Waiting for {numbers[1] - numbers[0]} pods to be ready...",
            _ when look.Saw.Contains("updated", StringComparison.Ordinal) =>
                $"Waiting for {kind} rollout to finish: {numbers[0]} out of {numbers[1]} new {word} have been updated...",
            _ when look.Saw.Contains("ending", StringComparison.Ordinal) =>
                $"Waiting for {kind} rollout to finish: {numbers[0]} old replicas are pending termination...",
            _ => $"Waiting for {kind} rollout to finish: {numbers[0]} of {numbers[1]} updated {word} are available...",
        };
    }
}
