using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Storage;

/// <summary>What a backup or a restore is about: namespaces and kinds that it takes, and those that it leaves.</summary>
internal sealed class VeleroScope(JsonObject asked)
{
    private const string Every = "*";

    private readonly string[] _namespaces = Names(asked, "includedNamespaces");
    private readonly string[] _without = Names(asked, "excludedNamespaces");
    private readonly string[] _kinds = Names(asked, "includedResources");
    private readonly string[] _withoutKinds = Names(asked, "excludedResources");

    /// <summary>False: objects only.</summary>
    public bool TakesVolumes => asked.At("spec", "snapshotVolumes") is null || asked.Is("spec", "snapshotVolumes");

    /// <summary>The namespace itself comes along with anything that is in it, whatever the kinds.</summary>
    public bool HoldsNamespace(string name) => IsIn(name);

    public bool Holds(JsonObject json)
    {
        if (json.Text("kind") == "Namespace")
            return HoldsNamespace(json.Name());

        return IsIn(json.Namespace())
            && (_kinds.Length == 0 || _kinds.Contains(PluralOf(json)))
            && !_withoutKinds.Contains(PluralOf(json));
    }

    /// <summary>What is in no namespace comes along only when all namespaces do.</summary>
    private bool IsIn(string ns) =>
        _namespaces.Length == 0 || _namespaces.Contains(Every) ? !_without.Contains(ns) : _namespaces.Contains(ns);

    private static string[] Names(JsonObject asked, string field) =>
        [.. asked.ItemsAt($"spec.{field}").Select(name => name.Text().Split('.')[0])];

    private static string PluralOf(JsonObject json) => $"{json.Text("kind").ToLowerInvariant()}s";
}
