using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>
/// PromQL as an action and as a check, asked of a metrics store through its cluster's API server. Its answers are those of Prometheus'
/// HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
/// </summary>
internal sealed class QuerySteps(Clusters clusters, TimeProvider clock)
{
    private const int LongestQuoted = 80;

    /// <summary>Once; when it does not hold, the next attempt asks again.</summary>
    public async Task<ActionOutcome> ActAsync(PlannedAction.Query action, CancellationToken cancelled)
    {
        var outcome = await AskAsync(action.Ask, action.Expect, cancelled);
        return new(outcome.Holds is true ? Verdict.Done : Verdict.Retry, outcome.Saw);
    }

    public Task<CheckOutcome> CheckAsync(PlannedCheck.Query check, CancellationToken cancelled) =>
        AskAsync(check.Ask, check.Expect, cancelled);

    private async Task<CheckOutcome> AskAsync(
        PlannedQuery ask,
        IReadOnlyList<Expectation> expected,
        CancellationToken cancelled
    )
    {
        if (!clusters.Find(ask.Cluster).Ok(out var cluster, out var refusal))
            return new(null, refusal.Reason);

        try
        {
            var answer = await cluster.ReadAsync(PathOf(ask), cancelled);

            if (SamplesOf(answer) is not { } samples)
            {
                return new(
                    null,
                    $"{Quoted(ask)}: the metrics store answers something that is not one value per series"
                );
            }

            var seen = new Seen(null, answer.GetRawText())
            {
                At = clock.GetUtcNow(),
                Called = "the answer",
                Samples = samples,
            };
            var outcome = Expectations.Judge(expected, seen);
            return outcome with { Saw = $"{Quoted(ask)}: {outcome.Saw}" };
        }
        catch (ApiException error) when (error.IsNotFound || error.Code is 502 or 503)
        {
            return new(null, $"the metrics store {ask.Service} on {ask.Cluster} does not answer: {error.Message}");
        }
        catch (ApiException error) when (error.Code is 400 or 422)
        {
            return new(null, $"{Quoted(ask)}: the metrics store does not understand it: {error.Message}");
        }
        catch (ApiException error)
        {
            return error.Unseen(cluster.Name);
        }
    }

    private static string PathOf(PlannedQuery ask)
    {
        var (ns, service) = ask.Service.Split('/', 2) is [var first, var second]
            ? (first, second)
            : ("default", ask.Service);
        return $"/api/v1/namespaces/{ns}/services/{service}/proxy/api/v1/query?query={Uri.EscapeDataString(ask.Promql)}";
    }

    /// <summary>Null for a matrix, a string, an error, or no JSON of this kind at all.</summary>
    private static IReadOnlyList<Sample>? SamplesOf(JsonElement answer) =>
        (answer.Text("status"), answer.Text("data", "resultType")) switch
        {
            ("success", "vector") => [.. answer.Items("data", "result").Select(Sample)],
            ("success", "scalar") => [new("", ValueOf(answer.At("data", "result")))],
            _ => null,
        };

    private static Sample Sample(JsonElement series) => new(Labels(series.At("metric")), ValueOf(series.At("value")));

    /// <summary>[seconds, "value"]</summary>
    private static string ValueOf(JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[1].ValueKind == JsonValueKind.String
            ? pair[1].GetString() ?? ""
            : "";

    private static string Labels(JsonElement metric)
    {
        if (metric.ValueKind != JsonValueKind.Object)
            return "";

        var labels = metric
            .EnumerateObject()
            .Select(label => $"{label.Name}={JsonSerializer.Serialize(metric.Text(label.Name) ?? "")}");
        var text = string.Join(", ", labels);
        return text.Length == 0 ? "" : $"{{{text}}}";
    }

    private static string Quoted(PlannedQuery ask) => Words.Cut(ask.Promql, LongestQuoted);
}
