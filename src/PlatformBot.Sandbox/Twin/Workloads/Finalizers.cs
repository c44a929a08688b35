using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>What holds an object that is being deleted.</summary>
internal static class Finalizers
{
    public static bool Has(JsonObject json, string name) =>
        json.At("metadata", "finalizers") is JsonArray all && all.Any(finalizer => finalizer.Text() == name);

    public static void Remove(JsonObject json, string name)
    {
        if (json.At("metadata", "finalizers") is not JsonArray all)
            return;

        all.RemoveAll(finalizer => finalizer.Text() == name);

        if (all.Count == 0)
            json.Section("metadata").Remove("finalizers");
    }
}
