using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>What must be so in every step, besides the form of its fields.</summary>
internal sealed class StepRules(Problems problems)
{
    /// <summary>Fields that mean something only where processes are started.</summary>
    private static readonly string[] OfProcesses = ["secrets", "sensitive"];

    public void Check(StepText text, YamlMap body, string? cluster)
    {
        var actions = StepShapes.Actions.Where(body.Has).ToArray();

        if (actions.Length == 0)
        {
            problems.Add(
                text.At,
                $"The step '{text.Name}' has no action.",
                $"Give it one of {ShapeCheck.Listed(StepShapes.Actions)}."
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
                    .Where(field => field != "sensitive" || actions is not (["exec"] or ["http"]))
            )
            {
                problems.Add(body.Key(surplus)!.At, $"'{surplus}' is for 'run' and 'pipe'.");
            }
        }

        if (body.Key("files") is { } files && actions is not (["run"] or ["pipe"]))
            problems.Add(files.At, "'files' are for the processes of 'run' and 'pipe'.");
        CheckRepeats(body);
        CheckAnew(body, cluster);
        CheckLoss(text, body);
        CheckRed(text, body);
        CheckProof(text, body, provesItself: actions is ["wait"] or ["manual"] or ["delete"] or ["query"]);
    }

    /// <summary>What a server has done is not undone by an answer that was not as expected.</summary>
    private void CheckRepeats(YamlMap body)
    {
        var attempts = body.Map("retry")?.Number("attempts") ?? 1;
        var changes = body.Map("http") is { } http && http.Text("method", "GET") is not ("GET" or "HEAD");

        if (changes && attempts > 1 && !body.Truth("repeatable"))
        {
            problems.Add(
                body.Key("retry")!.At,
                "A request that changes something would be sent again.",
                "Say 'repeatable: true' if twice is the same as once, or leave 'retry' out."
            );
        }
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

    /// <summary>Nobody is asked when it happens, so whoever approves the step must have approved that, too.</summary>
    private void CheckRed(StepText text, YamlMap body)
    {
        if (body.Key("holds-for") is { } holds && !body.Has("verify"))
            problems.Add(holds.At, "'holds-for' is about 'verify', and this step has none.");

        if (body.Key("on-red") is not { } red)
            return;

        if (!body.Has("verify") || body.Map("rollback") is not { } rollback)
        {
            problems.Add(
                red.At,
                $"The step '{text.Name}' is to undo itself when it cannot be proven.",
                "Give it 'verify', which says when, and 'rollback', which says how."
            );
        }
        else if (rollback.Has("destructive") && !body.Has("destructive"))
        {
            problems.Add(
                red.At,
                "Its way back destroys something, and nobody is asked when it is taken.",
                "Say in 'destructive' of the step what it may destroy: its approval is for both."
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
}
