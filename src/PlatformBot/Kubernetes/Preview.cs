using System.Text.Json;
using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Kubernetes;

/// <summary>What applying would do: the API server is asked to do everything but the storing, and its answer is compared with what is there.</summary>
internal sealed class Preview(Clusters clusters, Redactor redactor)
{
    /// <summary>Never throws for what the cluster answers.</summary>
    public async Task<IReadOnlyList<ApplyPreview>> OfAsync(PlannedAction.Apply apply, CancellationToken cancelled)
    {
        var items = apply.Objects.Select(text => (Text: text, Reference: ObjectReference.Of(text))).ToList();

        if (!clusters.Find(apply.Cluster).Ok(out var cluster, out var refusal))
            return [.. items.Select(item => Unknown(item.Reference, refusal.Reason))];

        var previews = new List<ApplyPreview>();
        string? away = null;
        void Away(string why) => away = why;

        foreach (var (text, reference) in items)
        {
            // A cluster that does not answer is not asked again for each of many objects.
            previews.Add(
                away is null
                    ? await OfAsync(cluster, reference, text, apply, Away, cancelled)
                    : Unknown(reference, away)
            );
        }

        return previews;
    }

    private async Task<ApplyPreview> OfAsync(
        ClusterClient cluster,
        ObjectReference reference,
        string text,
        PlannedAction.Apply apply,
        Action<string> away,
        CancellationToken cancelled
    )
    {
        try
        {
            var before = await BeforeAsync(cluster, reference, cancelled);
            var after = await cluster.ApplyAsync(reference, text, apply.Force, dryRun: true, _ => { }, cancelled);

            if (before is not { } there)
                return new($"{reference}", ApplyEffect.Create, []);

            var changes = ObjectDiff.Of(there, after, redactor.Redact);
            return new($"{reference}", changes.Count == 0 ? ApplyEffect.Nothing : ApplyEffect.Change, changes);
        }
        catch (UnknownKindException error)
        {
            return Unknown(reference, error.Message);
        }
        // What it stands in may be made by a step before it.
        catch (ApiException error) when (error.MissingKind == "namespaces")
        {
            return new($"{reference}", ApplyEffect.Create, [$"its namespace {reference.Namespace} is not there yet"]);
        }
        catch (ApiException error)
        {
            if (error.Code == 0)
                away(Waits.Unanswered(cluster.Name, error));

            return Unknown(reference, Waits.Unanswered(cluster.Name, error));
        }
    }

    private static async Task<JsonElement?> BeforeAsync(
        ClusterClient cluster,
        ObjectReference reference,
        CancellationToken cancelled
    )
    {
        try
        {
            return await cluster.GetAsync(reference, cancelled);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    private static ApplyPreview Unknown(ObjectReference reference, string why) =>
        new($"{reference}", ApplyEffect.Unknown, [why]);
}
