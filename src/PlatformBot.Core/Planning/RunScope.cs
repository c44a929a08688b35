using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>The names that every step of a run can use.</summary>
internal static class RunScope
{
    public static Scope Of(Inventory inventory, PlanPaths paths, IReadOnlyDictionary<string, YamlNode> arguments)
    {
        var at = inventory.Tree.At;

        return Scope
            .Empty.With("arguments", Tree(at, arguments))
            .With(
                "clusters",
                Tree(at, inventory.Clusters.ToDictionary(it => it.Name, it => (YamlNode)inventory.FactsOf(it.Name)))
            )
            .With("versions", inventory.Tree.Map("versions") ?? new YamlMap(at, []))
            .With(
                "paths",
                Tree(
                    at,
                    new Dictionary<string, YamlNode>
                    {
                        ["repository"] = Known(at, paths.Repository),
                        ["root"] = Known(at, paths.Root),
                        ["runtime"] = Known(at, paths.Runtime),
                    }
                )
            );
    }

    private static YamlScalar Known(Place at, string text) => new(at, text, plain: false);

    private static YamlMap Tree(Place at, IReadOnlyDictionary<string, YamlNode> fields) =>
        new(at, [.. fields.Select(field => new YamlEntry(new YamlScalar(at, field.Key, plain: false), field.Value))]);
}
