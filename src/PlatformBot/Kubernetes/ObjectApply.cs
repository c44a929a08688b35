using System.Text.Json;
using PlatformBot.Core.Planning;

namespace PlatformBot.Kubernetes;

/// <summary>Applies objects in the order given; after CRDs it waits until their kinds can be used.</summary>
internal sealed class ObjectApply(Waits waits, TimeProvider clock)
{
    private const int Attempts = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a kind may take to be served after its CRD was applied; servers that are several delay it by 5 s on purpose.</summary>
    private static readonly TimeSpan NewKindPatience = TimeSpan.FromSeconds(60);

    /// <exception cref="ApiException">The first object that could not be applied.</exception>
    /// <exception cref="UnknownKindException">Its CRD is not installed.</exception>
    /// <param name="warn">gets what the server warns of</param>
    /// <returns>"4 objects: 1 created, 2 changed, 1 as it was"</returns>
    public async Task<string> ApplyAsync(
        ClusterClient cluster,
        IReadOnlyList<string> objects,
        bool force,
        Action<string> progress,
        Action<string> warn,
        CancellationToken cancelled
    )
    {
        var done = new List<string>();
        var newKinds = new NewKinds();

        foreach (var text in objects)
        {
            var item = JsonElement.Parse(text);
            var reference = ObjectReference.Of(text);

            if (!NewKinds.IsDefinition(reference))
                await EstablishAsync(cluster, newKinds, progress, cancelled);

            var how = await PatientlyAsync(
                () => ApplyOneAsync(cluster, reference, text, force, warn, cancelled),
                newKinds.Include(reference) ? cluster.ForgetKinds : null,
                cancelled
            );
            progress($"{reference} {how}");
            done.Add(how);

            if (NewKinds.IsDefinition(reference))
                newKinds.Add(reference, item);
        }

        await EstablishAsync(cluster, newKinds, progress, cancelled);
        var counts = done.CountBy(how => how).Select(each => $"{each.Value} {each.Key}");
        return $"{done.Count} {(done.Count == 1 ? "object" : "objects")}: {string.Join(", ", counts)}";
    }

    private static async Task<string> ApplyOneAsync(
        ClusterClient cluster,
        ObjectReference reference,
        string text,
        bool force,
        Action<string> warn,
        CancellationToken cancelled
    )
    {
        var before = await cluster.FindAsync(reference, cancelled);
        var applied = await cluster.ApplyAsync(reference, text, force, dryRun: false, warn, cancelled);

        // The server accepts changes to what is about to disappear.
        if (applied.Has("metadata", "deletionTimestamp"))
            throw new ApiException(409, "", $"{reference} is being deleted", []);

        if (before is null)
            return "created";

        return VersionOf(applied) == VersionOf(before.Value) ? "as it was" : "changed";
    }

    private static string? VersionOf(JsonElement item) => item.Text("metadata", "resourceVersion");

    /// <summary>Waits for the CRDs applied so far, then asks the server anew what it serves.</summary>
    private async Task EstablishAsync(
        ClusterClient cluster,
        NewKinds newKinds,
        Action<string> progress,
        CancellationToken cancelled
    )
    {
        if (newKinds.Unproven.Count == 0)
            return;

        using var patience = new CancellationTokenSource(NewKindPatience, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancelled);

        foreach (var definition in newKinds.Unproven)
        {
            var established = new PlannedWait(cluster.Name, "condition=Established", definition, Selector: null);

            try
            {
                var outcome = await waits.UntilAsync(established, progress, limited.Token);

                if (outcome.Hopeless)
                    throw new ApiException(422, "Invalid", outcome.Saw, []);
            }
            catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
            {
                throw new ApiException(
                    504,
                    "Timeout",
                    $"{definition} is not established after {NewKindPatience.TotalSeconds:0} s",
                    []
                );
            }
        }

        newKinds.Unproven.Clear();
        cluster.ForgetKinds();
    }

    /// <summary>Tries again what may heal by itself; applying is idempotent, so a lost answer does no harm.</summary>
    /// <param name="forget">for a kind whose CRD was applied just now: discovery may come after it</param>
    private async Task<string> PatientlyAsync(Func<Task<string>> apply, Action? forget, CancellationToken cancelled)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan asked;

            try
            {
                return await apply();
            }
            catch (ApiException error) when (attempt < Attempts && (error.IsTransient || error.IsStorageComingUp))
            {
                asked = error.RetryAfter ?? TimeSpan.Zero;
            }
            catch (UnknownKindException) when (attempt < Attempts && forget is not null)
            {
                asked = TimeSpan.Zero;
                forget();
            }

            var pause = FirstPause * Math.Pow(2, attempt - 1);
            await Task.Delay(asked > pause ? asked : pause, clock, cancelled);
        }
    }

    /// <summary>The kinds whose CRDs were applied on the way.</summary>
    private sealed class NewKinds
    {
        private readonly HashSet<(string Group, string Kind)> _kinds = [];

        /// <summary>Not known to be established yet.</summary>
        public List<ObjectReference> Unproven { get; } = [];

        public static bool IsDefinition(ObjectReference reference) => reference.Kind == "CustomResourceDefinition";

        public void Add(ObjectReference reference, JsonElement definition)
        {
            Unproven.Add(reference);
            _kinds.Add((definition.Text("spec", "group") ?? "", definition.Text("spec", "names", "kind") ?? ""));
        }

        public bool Include(ObjectReference reference) =>
            _kinds.Contains((reference.ApiVersion.Split('/')[0], reference.Kind));
    }
}
