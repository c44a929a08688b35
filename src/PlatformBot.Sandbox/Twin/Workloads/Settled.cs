using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>
/// Objects that a law has looked at and had nothing to do with, each with the objects that it depends on. The store replaces an object
/// when it changes, so as long as all of them are the very same ones, a look would find the same again.
/// </summary>
internal sealed class Settled
{
    private readonly Dictionary<string, JsonObject[]> _seen = [];

    public bool Has(JsonObject view, IReadOnlyList<JsonObject> parts) =>
        _seen.TryGetValue(view.Uid(), out var seen)
        && seen.Length == parts.Count + 1
        && ReferenceEquals(seen[0], view)
        && parts.Index().All(part => ReferenceEquals(seen[part.Index + 1], part.Item));

    public void Keep(JsonObject view, IReadOnlyList<JsonObject> parts) => _seen[view.Uid()] = [view, .. parts];
}
