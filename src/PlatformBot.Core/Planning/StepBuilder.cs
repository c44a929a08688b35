using System.Text.Json;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Turns a step whose values are filled in into what will be done, and says what is wrong with it.</summary>
internal sealed class StepBuilder(Catalogue catalogue, Manifests manifests, Problems problems)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DefaultBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultReminder = TimeSpan.FromHours(4);
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromDays(1);

    /// <summary>Fields that mean something only where processes are started.</summary>
    private static readonly string[] OfProcesses = ["secrets", "sensitive"];

    private static readonly string[] PatchTypes = ["merge", "strategic", "json"];

    private readonly CommandReader _commands = new(catalogue.Tools, problems);

    public PlannedStep Build(
        StepText text,
        YamlMap body,
        string id,
        string phase,
        string? cluster,
        string? node,
        Scope scope
    )
    {
        new ShapeCheck(problems, filled: true).CheckShape(body, Shapes.StepBody);
        CheckRules(text, body, cluster);

        var places = new ClusterReader(catalogue.Inventory, cluster, problems);
        var checks = new CheckReader(_commands, places);
        var retry = body.Map("retry");

        return new PlannedStep
        {
            Id = id,
            Phase = phase,
            Title = body.Text("title", text.Name),
            Why = body.Text("why"),
            Cluster = cluster,
            Node = node,
            Address = catalogue.Inventory.Nodes.FirstOrDefault(known => known.Name == node)?.Address,
            Needs = [],
            Action = Action(body, places, scope),
            Probe = [.. body.Maps("probe").Select(checks.Read)],
            Verify = [.. body.Maps("verify").Select(checks.Read)],
            Destructive = body.Text("destructive"),
            Irreversible = body.Truth("irreversible"),
            MakesCluster = body.Truth("makes-cluster"),
            Repeatable = body.Truth("repeatable"),
            Lock = body.Text("lock"),
            Rollback = body.Map("rollback") is { } rollback ? Rollback(rollback, checks, places, scope) : null,
            Timeout = body.Span("timeout", DefaultTimeout),
            Attempts = retry?.Number("attempts") ?? 1,
            Backoff = retry?.Span("backoff", DefaultBackoff) ?? DefaultBackoff,
            Source = $"{text.At.Source.File}:{text.At.Line}",
        };
    }

    private PlannedRollback Rollback(YamlMap rollback, CheckReader checks, ClusterReader places, Scope scope) =>
        new(
            Action(rollback, places, scope),
            [.. rollback.Maps("verify").Select(checks.Read)],
            rollback.Text("destructive"),
            rollback.Span("timeout", DefaultTimeout)
        );

    private PlannedAction Action(YamlMap body, ClusterReader places, Scope scope)
    {
        if (body["run"] is { } run)
        {
            var commands = _commands.ReadSeveral(run);
            return new PlannedAction.Run(commands, Secrets(body), IsSensitive(body, commands));
        }

        if (body["pipe"] is { } pipe)
        {
            var commands = _commands.ReadSeveral(pipe);
            return new PlannedAction.Pipe(commands, Secrets(body), IsSensitive(body, commands));
        }

        if (body.Map("apply") is { } apply)
            return new PlannedAction.Apply(places.Of(apply), manifests.Read(apply, scope), apply.Truth("force"));

        if (body.Map("patch") is { } patch)
            return Patch(patch, places);

        if (body.Map("delete") is { } delete)
        {
            return new PlannedAction.Delete(
                places.Of(delete),
                places.Object(delete, needsName: true),
                delete.Text("propagation", "Background")
            );
        }

        if (body.Map("wait") is { } wait)
            return new PlannedAction.Wait(places.Wait(wait));

        if (body.Map("exec") is { } exec)
            return new PlannedAction.Exec(places.Exec(exec), body.Truth("sensitive"));

        return Manual(body.Map("manual"));
    }

    private PlannedAction.Patch Patch(YamlMap patch, ClusterReader places)
    {
        var type = PatchTypes.FirstOrDefault(patch.Has);
        return new(
            places.Of(patch),
            places.Object(patch, needsName: true),
            Words(patch.Map("labels")),
            Words(patch.Map("annotations"))
        )
        {
            Type = type,
            Body = type is null
                ? null
                : CanonicalJson.Write(
                    JsonSerializer.SerializeToElement(new YamlToJson(problems).Convert(patch[type]!))
                ),
        };
    }

    private static PlannedAction.Manual Manual(YamlMap? body) =>
        new(body?.Text("ask") ?? "", body?.Text("evidence") ?? "text")
        {
            SecondPerson = body?.Truth("second-person") ?? false,
            Remind = body?.Span("remind", DefaultReminder),
            Expires = body?.Span("expires", DefaultExpiry),
        };

    /// <summary>Said by the step, or known of one of its commands.</summary>
    private bool IsSensitive(YamlMap body, IReadOnlyList<IReadOnlyList<string>> commands) =>
        body.Truth("sensitive") || commands.Any(catalogue.Tools.IsSensitive);

    private void CheckRules(StepText text, YamlMap body, string? cluster)
    {
        var actions = Shapes.Actions.Where(body.Has).ToArray();

        if (actions.Length == 0)
        {
            problems.Add(
                text.At,
                $"The step '{text.Name}' has no action.",
                $"Give it one of {ShapeCheck.Listed(Shapes.Actions)}."
            );
        }

        if (actions.Length > 1)
        {
            problems.Add(
                body.Key(actions[1])!.At,
                $"The step '{text.Name}' has several actions: {ShapeCheck.Listed(actions)}.",
                "Make a step of each."
            );
        }

        if (actions is not (["run"] or ["pipe"] or []))
        {
            foreach (
                var surplus in OfProcesses
                    .Where(body.Has)
                    .Where(field => field != "sensitive" || actions is not ["exec"])
            )
            {
                problems.Add(body.Key(surplus)!.At, $"'{surplus}' is for 'run' and 'pipe'.");
            }
        }

        CheckAnew(body, cluster);
        CheckLoss(text, body);
        CheckProof(text, body, provesItself: actions is ["wait"] or ["manual"] or ["delete"]);
    }

    private void CheckLoss(StepText text, YamlMap body)
    {
        if (body.Key("delete") is { } delete && !body.Has("destructive"))
        {
            problems.Add(
                delete.At,
                $"The step '{text.Name}' deletes something.",
                "Say in 'destructive' what is lost with it: a second person decides about that."
            );
        }
    }

    private void CheckAnew(YamlMap body, string? cluster)
    {
        if (body.Truth("makes-cluster") && cluster is null)
        {
            problems.Add(
                body.Key("makes-cluster")!.At,
                "'makes-cluster' is for a step of a cluster.",
                "Put it into a phase with 'each: cluster'."
            );
        }
    }

    private void CheckProof(StepText text, YamlMap body, bool provesItself)
    {
        if (body.Has("destructive") && !body.Has("probe"))
        {
            problems.Add(
                text.At,
                $"The step '{text.Name}' is destructive and has no 'probe'.",
                "A plan must be able to say that it is already done."
            );
        }

        if (body.Has("destructive") && !body.Has("verify"))
        {
            problems.Add(text.At, $"The step '{text.Name}' is destructive and has no 'verify'.");
        }
        else if (!provesItself && !body.Has("verify") && !body.Truth("proves-itself"))
        {
            problems.Add(
                text.At,
                $"Nothing proves that the step '{text.Name}' succeeded.",
                "Give it 'verify', or 'proves-itself: true' when the action's own success is the proof."
            );
        }

        if (body.Truth("irreversible") && !body.Has("destructive"))
        {
            problems.Add(
                body.Key("irreversible")!.At,
                "'irreversible' is for what is destructive.",
                "Say in 'destructive' what it destroys."
            );
        }

        if (body.Has("verify") && body.Truth("proves-itself"))
            problems.Add(body.Key("proves-itself")!.At, "A step has 'verify' or 'proves-itself', not both.");
    }

    private static IReadOnlyDictionary<string, string> Secrets(YamlMap body) =>
        Sorted(body.Map("secrets"), value => value is YamlScalar text ? text.Text : "");

    private static IReadOnlyDictionary<string, string?> Words(YamlMap? map) =>
        Sorted(map, value => value is YamlScalar { IsNull: false } text ? text.Text : null);

    /// <summary>Sorted, so that the order of writing does not change the plan's digest.</summary>
    private static SortedDictionary<string, T> Sorted<T>(YamlMap? map, Func<YamlNode, T> value) =>
        new(
            (map?.Entries ?? []).ToDictionary(entry => entry.Key.Text, entry => value(entry.Value)),
            StringComparer.Ordinal
        );
}
