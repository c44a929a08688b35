using System.Net;
using System.Text.RegularExpressions;

namespace PlatformBot.Core.Runbooks;

/// <summary>What the inventory's shape cannot say: addresses, duplicates, and facts that one cluster has and another one has not.</summary>
internal sealed partial class InventoryCheck(Problems problems)
{
    public void Check(YamlMap tree)
    {
        CheckAddresses(tree);

        var clusters = (tree.Map("clusters")?.Entries ?? []).Where(entry => entry.Value is YamlMap).ToArray();

        if (tree.Map("clusters") is { } named && clusters.Length == 0)
            problems.Add(named.At, "There is no cluster in the inventory.");

        foreach (
            var (name, _) in clusters.Where(entry => entry.Key.Text is "all" || !NamePattern().IsMatch(entry.Key.Text))
        )
        {
            problems.Add(
                name.At,
                $"{name.Sort} cannot be a cluster's name.",
                "Small letters, digits and dashes; not 'all'."
            );
        }

        if (tree.Map("metrics")?.Scalar("cluster") is { } store && clusters.All(entry => entry.Key.Text != store.Text))
        {
            problems.Add(
                store.At,
                $"There is no cluster {store.Sort}.",
                Suggestion.Cure(store.Text, [.. clusters.Select(entry => entry.Key.Text)])
            );
        }

        CheckNodes([.. clusters.SelectMany(entry => ((YamlMap)entry.Value).Maps("nodes"))]);
        CheckEqualFields([.. clusters.Select(entry => (entry.Key, (YamlMap)entry.Value))], "cluster");
    }

    private void CheckNodes(IReadOnlyList<YamlMap> nodes)
    {
        foreach (var field in new[] { "name", "address" })
        {
            foreach (var same in nodes.Where(node => node.Has(field)).GroupBy(node => node.Text(field)))
            {
                foreach (var node in same.Skip(1))
                {
                    problems.Add(
                        node[field]!.At,
                        $"Two nodes have the {field} '{same.Key}'; first in line {same.First()[field]!.At.Line}."
                    );
                }
            }
        }

        foreach (var node in nodes)
        {
            if (node.Scalar("address") is { } address && !IPAddress.TryParse(address.Text, out _))
                problems.Add(address.At, $"{address.Sort} is not an IP address.");
        }

        CheckEqualFields(
            [.. nodes.Select(node => (node.Scalar("name") ?? new YamlScalar(node.At, "?", false), node))],
            "node"
        );
    }

    /// <summary>A runbook that names a fact must find it for every cluster and node.</summary>
    private void CheckEqualFields(IReadOnlyList<(YamlScalar Name, YamlMap Facts)> all, string sort)
    {
        foreach (var (name, facts) in all)
        {
            foreach (var (other, otherFacts) in all.Where(other => other.Facts != facts))
            {
                var missing = FieldsOf(otherFacts, "").Except(FieldsOf(facts, "")).ToArray();

                if (missing.Length > 0)
                {
                    problems.Add(
                        name.At,
                        $"The {sort} '{name.Text}' lacks what the {sort} '{other.Text}' has: {ShapeCheck.Listed(missing)}.",
                        $"All {sort}s have the same fields."
                    );
                    break;
                }
            }
        }
    }

    private static IEnumerable<string> FieldsOf(YamlMap facts, string prefix) =>
        facts.Entries.SelectMany(entry =>
            entry.Value is YamlMap inner
                ? FieldsOf(inner, $"{prefix}{entry.Key.Text}.").Prepend(prefix + entry.Key.Text)
                : [prefix + entry.Key.Text]
        );

    /// <summary>Whatever looks like an IPv4 address or network must be one.</summary>
    private void CheckAddresses(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                foreach (var (_, value) in map.Entries)
                    CheckAddresses(value);

                break;
            case YamlList list:
                foreach (var item in list.Items)
                    CheckAddresses(item);

                break;
            case YamlScalar scalar when LikeAnAddress().IsMatch(scalar.Text) && !IsAddress(scalar.Text):
                problems.Add(scalar.At, $"{scalar.Sort} is not an IP address or network.");
                break;
        }
    }

    private static bool IsAddress(string text) =>
        text.Contains('/', StringComparison.Ordinal)
            ? IPNetwork.TryParse(text, out _)
            : IPAddress.TryParse(text, out _);

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(/[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LikeAnAddress();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();
}
