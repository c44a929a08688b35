using PlatformBot.Core.Runs;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.CrashMatrix;

/// <summary>The shipped runbook, for both clusters, from six machines of an old cluster to the finished platform.</summary>
internal sealed class BootstrapRehearsal(SandboxWorld world) : OneRun
{
    protected override string Command => "/platform bootstrap all";

    public override TimeSpan Limit => TimeSpan.FromMinutes(12);

    public override void Prepare()
    {
        // A new world each time.
    }

    public override bool DoByHand(Question question)
    {
        world.Twin.DoWhatPeopleDo();
        return true;
    }

    /// <summary>
    /// A machine that is on its way may come back as what it should be: nobody presses anything before it has. And a lock that a
    /// helm has left which died with the bot is taken away by hand, as helm's words say.
    /// </summary>
    public override Advice Look(Question question)
    {
        if (world.Machines.Machines.Any(machine => machine.State is MachineState.Down))
            return Advice.Wait;

        if (question.Said.Contains("another operation", StringComparison.Ordinal))
            Unlock(world.Twin.Clusters[question.About.Split('/')[0]]);

        return Advice.Retry;
    }

    private static void Unlock(TwinCluster cluster)
    {
        foreach (
            var left in HelmEngine
                .List(cluster, ns: null)
                .Where(release => release.Status.StartsWith("pending", StringComparison.Ordinal))
        )
        {
            var secret = $"sh.helm.release.v1.{left.Name}.v{left.Revision}";
            cluster.Objects.Delete(new ObjectKey("v1", "Secret", left.Namespace, secret));
        }
    }

    public override IEnumerable<string> Wrong(IReadOnlyList<Run> runs)
    {
        foreach (var fact in TwinVerdict.Of(world.Twin).Where(fact => !fact.Holds))
            yield return $"{fact.What}: {fact.Saw}";

        var done = world.Tools.Log.Where(run => run.ExitCode == 0).Select(run => run.CommandLine).ToList();

        foreach (var cluster in world.Twin.Clusters.Keys)
        {
            var times = done.Count(line =>
                line.Contains($"/talos/{cluster}.yaml", StringComparison.Ordinal)
                && line.EndsWith(" bootstrap", StringComparison.Ordinal)
            );

            if (times != 1)
                yield return $"etcd of {cluster} was bootstrapped {times} times";
        }

        foreach (var machine in world.Machines.Machines)
        {
            var times = done.Count(line =>
                line.Contains($"--nodes {machine.Address} ", StringComparison.Ordinal)
                && line.Contains(" reset ", StringComparison.Ordinal)
            );

            if (times != 1)
                yield return $"{machine.Name} was reset {times} times";
        }

        foreach (
            var twice in world.Vault.Items.GroupBy(item => (item.Vault, item.Title)).Where(same => same.Count() > 1)
        )
        {
            yield return $"{twice.Key.Vault}/{twice.Key.Title} was made {twice.Count()} times";
        }
    }
}
