using System.Text.Json;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>The labelSelector and fieldSelector of a request.</summary>
internal sealed class Selectors
{
    private readonly List<Func<JsonObject, bool>> _tests = [];

    // csharpier-ignore-start - a table
    private static readonly Dictionary<string, string[]> KnownFields = new()
    {
        ["Pod"] = ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"],
        ["Event"] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
            "involvedObject.apiVersion", "involvedObject.fieldPath", "reason", "type", "source", "reportingComponent",
        ],
        ["Secret"] = ["type"],
        ["Namespace"] = ["status.phase"],
        ["Node"] = ["spec.unschedulable"],
        ["Service"] = ["spec.clusterIP", "spec.type"],
        ["Job"] = ["status.successful"],
        ["ReplicaSet"] = ["status.replicas"],
    };
    // csharpier-ignore-end

    public Selectors(Resource resource, string labels, string fields)
    {
        foreach (var term in LabelTerms(labels))
            _tests.Add(LabelTest(term));

        foreach (var term in fields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            _tests.Add(FieldTest(resource, term));
    }

    public bool Match(JsonObject json) => _tests.TrueForAll(test => test(json));

    private static IEnumerable<string> LabelTerms(string selector)
    {
        // Commas inside "in (a,b)" do not separate.
        var depth = 0;
        var start = 0;

        for (var at = 0; at < selector.Length; at++)
        {
            depth += selector[at] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };

            if (selector[at] == ',' && depth == 0)
            {
                yield return selector[start..at].Trim();
                start = at + 1;
            }
        }

        if (selector[start..].Trim() is { Length: > 0 } last)
            yield return last;
    }

    private static Func<JsonObject, bool> LabelTest(string term)
    {
        if (SetTest(term) is { } set)
            return set;

        if (term.StartsWith('!'))
            return json => Label(json, term[1..].Trim()) is null;

        var (name, value, equal) = Compare(term);

        if (name.Length == 0)
        {
            throw Refusals.BadRequest(
                $"found '{term[..Math.Min(2, term.Length)]}', expected: !, identifier, or 'end of string'"
            );
        }

        return value is null ? json => Label(json, name) is not null : json => Label(json, name) == value == equal;
    }

    private static Func<JsonObject, bool>? SetTest(string term)
    {
        var open = term.IndexOf('(', StringComparison.Ordinal);

        if (open < 0)
            return null;

        var words = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        if (words.Length != 2 || words[1] is not ("in" or "notin") || !term.EndsWith(')'))
            throw Refusals.BadRequest($"unable to parse requirement: {term}");

        var values = term[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var wanted = words[1] == "in";
        return json => (Label(json, words[0]) is { } value && values.Contains(value)) == wanted;
    }

    private static Func<JsonObject, bool> FieldTest(Resource resource, string term)
    {
        var (name, value, equal) = Compare(term);

        if (value is null)
            throw Refusals.BadRequest($"invalid selector: '{term}'; can't understand '{term}'");

        if (
            name is not ("metadata.name" or "metadata.namespace")
            && !KnownFields.GetValueOrDefault(resource.Kind, []).Contains(name)
        )
        {
            throw Refusals.BadRequest(
                $"\"{name}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            );
        }

        var path = name.Split('.');
        return json => Spoken(json.At(path)) == value == equal;
    }

    private static (string Name, string? Value, bool Equal) Compare(string term)
    {
        foreach (var sign in new[] { "!=", "==", "=" })
        {
            if (term.IndexOf(sign, StringComparison.Ordinal) is var at and >= 0)
                return (term[..at].Trim(), term[(at + sign.Length)..].Trim(), sign != "!=");
        }

        return (term.Trim(), null, true);
    }

    private static string? Label(JsonObject json, string name) =>
        json.At("metadata", "labels") is JsonObject labels && labels.ContainsKey(name) ? labels[name].Text() : null;

    private static string Spoken(JsonNode? value) =>
        value is null ? ""
        : value.GetValueKind() == JsonValueKind.String ? value.Text()
        : JsonText.Compact(value);
}
