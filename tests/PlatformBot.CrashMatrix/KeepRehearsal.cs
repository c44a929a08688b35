using PlatformBot.Core.Runs;
using PlatformBot.Sandbox;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.CrashMatrix;

/// <summary>The short runbook: a step of every kind, a run of a second, and another item each time.</summary>
internal sealed class KeepRehearsal(SandboxWorld world) : OneRun
{
    private int _item;

    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Runbooks");

    public static string Seed { get; } = Path.Combine(Root, "gitops");

    protected override string Command => $"/platform keep {Item}";

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    private string Item => $"i{_item}";

    /// <summary>A cluster that is there already, and the runbooks' usual inventory and tools.</summary>
    public static void Furnish(SandboxWorld world)
    {
        var machine = world.Machines.Machines[0];
        machine.Config = MachineConfig.Parse(
            """
            version: v1alpha1
            machine: { type: controlplane, network: { hostname: infra-01 } }
            cluster: { clusterName: infra, controlPlane: { endpoint: "https://infra.k8s.monosense.io:6443" } }
            """
        );
        machine.Etcd = "infra-1";
        world.Twin.Clusters["infra"].BringUp();
        File.WriteAllText(Path.Combine(world.Runtime, "kube", "infra"), world.Kubeconfig("infra", "infra"));
    }

    public override void Prepare()
    {
        _item++;
        world.Vault.Add("Infra", $"old-{Item}", new Dictionary<string, string>());
        world.Vault.Add("Infra", $"draft-{Item}", new Dictionary<string, string>());
        world.Faults.Arm("git/push-rejected:times=1");
    }

    /// <summary>Agreeing changes nothing.</summary>
    public override bool DoByHand(Question question) => true;

    /// <summary>A move that was cut off half way is finished by hand; the probe finds that it is.</summary>
    public override Advice Look(Question question)
    {
        if (question.About == "move" && world.Vault.Find("Prod", $"draft-{Item}").Count > 0)
            RemoveByHand(world.Vault, "Infra", $"draft-{Item}");

        return question.About == "ticket" && world.Vault.Find("Infra", $"ticket-{Item}").Count > 0
            ? Advice.Skip
            : Advice.Retry;
    }

    public override IEnumerable<string> Wrong(IReadOnlyList<Run> runs)
    {
        foreach (var once in new[] { "secret", "ticket" })
        {
            if (world.Vault.Find("Infra", $"{once}-{Item}").Count is var made and not 1)
                yield return $"{once}-{Item} was made {made} times";
        }

        var drafts = (
            world.Vault.Find("Infra", $"draft-{Item}").Count,
            world.Vault.Find("Prod", $"draft-{Item}").Count
        );

        if (drafts is not (0, 1))
            yield return $"draft-{Item} is there {drafts} times, where it was and where it belongs";

        if (world.Vault.Find("Infra", $"old-{Item}").Count > 0)
            yield return $"old-{Item} is still there";

        var labels = world.Twin.Clusters["infra"].Objects.View(new ObjectKey("v1", "Namespace", "", $"keep-{Item}"));

        if ((string?)labels?["metadata"]?["labels"]?["complete"] != "true")
            yield return $"the namespace keep-{Item} is {(labels is null ? "missing" : "not marked")}";

        var kept = world.Twin.Git.Head("main")!.Tree["kept.yaml"].Split('\n').Count(line => line.Trim() == $"- {Item}");

        if (kept != 1)
            yield return $"{Item} stands {kept} times in Git";
    }
}
