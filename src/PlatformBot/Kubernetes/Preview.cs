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

        try
        {
            foreach (var (text, reference) in items)
                previews.Add(await OfAsync(cluster, reference, text, apply.Force, cancelled));

            return previews;
        }
        // A cluster that does not answer is not asked again for each of many objects.
        catch (ApiException error) when (error.Code == 0)
        {
            var rest = items.Skip(previews.Count).Select(item => Unknown(item.Reference, error.For(cluster.Name)));
            return [.. previews, .. rest];
        }
    }

    /// <exception cref="ApiException">With code 0: nobody answers.</exception>
    private async Task<ApplyPreview> OfAsync(
        ClusterClient cluster,
        ObjectReference reference,
        string text,
        bool force,
        CancellationToken cancelled
    )
    {
        try
        {
            var before = await cluster.FindAsync(reference, cancelled);
            var after = await cluster.ApplyAsync(reference, text, force, dryRun: true, _ => { }, cancelled);

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
        catch (ApiException error) when (error.Code != 0)
        {
            return Unknown(reference, error.For(cluster.Name));
        }
    }

    private static ApplyPreview Unknown(ObjectReference reference, string why) =>
        new($"{reference}", ApplyEffect.Unknown, [why]);
}
