using System.Text.Json;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>What a wait asks of one object: the rules of <c>kubectl wait</c>, looked at once.</summary>
internal static class WaitCondition
{
    /// <summary>The words do not name the object.</summary>
    /// <param name="wanted">"ready", "rollout", "condition=Ready", "condition=Ready=False", "exists", "gone", "jsonpath=.path=value"</param>
    public static CheckOutcome Look(JsonElement item, string kind, string wanted)
    {
        var (word, rest) = Split(wanted);

        return word switch
        {
            "rollout" => Rollout.Look(item, kind),
            "ready" => Readiness.Look(item, kind),
            "condition" => Condition(item, kind, rest),
            "jsonpath" when kind == "Secret" => Unquoted(Path(item, rest)),
            "jsonpath" => Path(item, rest),
            "exists" => new(true, "exists"),
            "gone" => new(
                false,
                item.Has("metadata", "deletionTimestamp")
                    ? $"is being deleted{HeldBy(item)}{Remaining(item)}"
                    : "still exists"
            ),
            _ => new(false, $"'{wanted}' is nothing that can be waited for", Hopeless: true),
        };
    }

    private static CheckOutcome Condition(JsonElement item, string kind, string rest)
    {
        var (type, value) = Split(rest);
        var wanted = value.Length == 0 ? "True" : value;
        var condition = item.Condition(type);

        if (Hopeless(item, kind, type) is { } why)
            return new(false, why, Hopeless: true);

        if (condition.Text("status") is not { } status)
            return new(false, $"has no condition {type} yet");

        // A condition's own observation counts before the object's; without either there is nothing to compare.
        var observed = condition.Has("observedGeneration") ? condition : item.At("status");

        if (
            observed.Has("observedGeneration")
            && observed.Number("observedGeneration") < item.Number("metadata", "generation")
        )
        {
            return new(false, $"its controller has not seen the last change yet ({type} was {status})");
        }

        var holds = string.Equals(status, wanted, StringComparison.OrdinalIgnoreCase);
        var saw = wanted == "True" && holds ? $"is {type}" : $"{type} is {status}{Because(condition)}";
        return new(holds, saw);
    }

    private static string Because(JsonElement condition) =>
        string.Join(
            ": ",
            new[] { condition.Text("reason"), condition.Text("message") }.Where(text => !string.IsNullOrEmpty(text))
        )
            is { Length: > 0 } words
            ? $", {words}"
            : "";

    /// <summary>States that waiting does not change.</summary>
    private static string? Hopeless(JsonElement item, string kind, string type) =>
        (kind, type) switch
        {
            ("Job", "Complete") when item.Is("Failed") => $"failed{Because(item.Condition("Failed"))}",
            ("CustomResourceDefinition", "Established")
                when item.Condition("NamesAccepted").Text("status") == "False" =>
                $"its names are not accepted{Because(item.Condition("NamesAccepted"))}",
            ("Pod", _) when item.Text("status", "phase") == "Failed" =>
                $"has failed: {item.Text("status", "reason") ?? item.Text("status", "message") ?? "no reason given"}",
            _ => null,
        };

    /// <summary>What a Secret holds is compared, never quoted.</summary>
    private static CheckOutcome Unquoted(CheckOutcome look) =>
        look with
        {
            Saw = $"has data that is {(look.Holds == true ? "" : "not ")}as wanted",
        };

    private static CheckOutcome Path(JsonElement item, string rest)
    {
        // The value stands behind the last '=' that is not part of a filter.
        var (path, value) = SplitPath(rest);

        if (!JsonPath.Parse(path).Ok(out _, out var refusal))
            return new(false, $"{path}: {refusal.Reason}", Hopeless: true);

        var expectation = value is null
            ? new Expectation { Path = path, Exists = true }
            : new Expectation { Path = path, EqualTo = value };
        return Expectations.Judge([expectation], new Seen(null, item.GetRawText()) { At = default });
    }

    private static (string Path, string? Value) SplitPath(string text)
    {
        var behind =
            text.LastIndexOf(']') is var bracket && text.LastIndexOf('}') is var brace ? Math.Max(bracket, brace) : 0;
        var at = text.IndexOf('=', Math.Max(behind, 0));
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    /// <summary>Whoever put a finalizer there has to take it away; nobody else knows what it is for.</summary>
    private static string HeldBy(JsonElement item) =>
        string.Join(", ", item.Items("metadata", "finalizers").Concat(item.Items("spec", "finalizers")))
            is { Length: > 0 } names
            ? $", held by {names}"
            : "";

    /// <summary>What a namespace says of its end is in its conditions; of anything else they tell of its life.</summary>
    private static string Remaining(JsonElement item) =>
        string.Join(
            "; ",
            item.Items("status", "conditions")
                .Where(each => each.Text("status") == "True" && item.Text("kind") == "Namespace")
                .Select(each => each.Text("message"))
        )
            is { Length: > 0 } words
            ? $": {words}"
            : "";

    private static (string, string) Split(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }
}
