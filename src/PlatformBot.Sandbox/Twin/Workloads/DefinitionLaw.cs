using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes;

namespace PlatformBot.Sandbox.Twin.Workloads;

/// <summary>CustomResourceDefinitions: their kind is served a moment after they are there; when they go, their objects go first.</summary>
internal sealed class DefinitionLaw : IController
{
    private const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";

    public void Reconcile(TwinCluster cluster)
    {
        foreach (var definition in cluster.Objects.View("apiextensions.k8s.io/v1", "CustomResourceDefinition"))
        {
            if (definition.IsEnding())
                End(cluster, definition);
            else if (!definition.Holds("Established"))
                cluster.Objects.Update(ObjectKey.Of(definition), json => Establish(json, cluster.Clock));
        }
    }

    private static void Establish(JsonObject json, TimeProvider clock)
    {
        var metadata = json.Section("metadata");

        if (metadata["finalizers"] is not JsonArray finalizers)
            metadata["finalizers"] = finalizers = [];

        if (!finalizers.Any(name => name.Text() == Cleanup))
            finalizers.Add(Cleanup);

        json.Section("status")["acceptedNames"] = json.At("spec", "names")?.DeepClone();
        json.Section("status")["storedVersions"] = new JsonArray([
            .. json.Items("spec", "versions")
                .Where(version => version.Is("storage"))
                .Select(version => version["name"]?.DeepClone()),
        ]);
        Conditions.Set(json, clock, "NamesAccepted", holds: true, "NoConflicts", "no conflicts found");
        Conditions.Set(
            json,
            clock,
            "Established",
            holds: true,
            "InitialNamesAccepted",
            "the initial names have been accepted"
        );
    }

    private static void End(TwinCluster cluster, JsonObject definition)
    {
        var group = definition.Text("spec", "group");
        var kind = definition.Text("spec", "names", "kind");
        var left = definition
            .Items("spec", "versions")
            .SelectMany(version => cluster.Objects.View($"{group}/{version.Text("name")}", kind))
            .ToList();

        foreach (var json in left)
            Deletion.Begin(cluster, ObjectKey.Of(json));

        cluster.Objects.Update(
            ObjectKey.Of(definition),
            json =>
            {
                if (left.Count == 0)
                {
                    Finalizers.Remove(json, Cleanup);
                }
                else
                {
                    Conditions.Set(
                        json,
                        cluster.Clock,
                        "Terminating",
                        holds: true,
                        "InstanceDeletionInProgress",
                        "CustomResource deletion is in progress"
                    );
                }
            }
        );
    }
}
