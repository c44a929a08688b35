using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>
/// Helm itself, as the CLI and Flux' helm-controller both use it: renders a chart, checks it against the cluster, writes
/// the objects, and keeps each revision in a Secret. Whether what was written also becomes ready is for the caller to wait
/// for: <see cref="Waiting"/>, then <see cref="Finish"/>.
/// </summary>
/// <remarks>
/// Faults: "CLUSTER/helm/RELEASE" (and "CLUSTER/cilium-install" for Cilium) make an install or upgrade fail after its
/// objects were sent.
/// </remarks>
public sealed class HelmEngine(TwinWorld world)
{
    /// <summary>The newest revision of every release, by name.</summary>
    public static IReadOnlyList<HelmRelease> List(TwinCluster cluster, string? ns) =>
        [
            .. ReleaseStore
                .All(cluster, ns)
                .GroupBy(one => (one.Namespace, one.Name))
                .Select(revisions => revisions.MaxBy(one => one.Revision)!)
                .OrderBy(one => one.Name, StringComparer.Ordinal),
        ];

    /// <summary>All revisions, oldest first.</summary>
    public static IReadOnlyList<HelmRelease> History(TwinCluster cluster, string ns, string release) =>
        ReleaseStore.History(cluster, ns, release);

    /// <summary>The newest revision; null when there is none.</summary>
    public static HelmRelease? Status(TwinCluster cluster, string ns, string release) =>
        ReleaseStore.History(cluster, ns, release) is [.., var last] ? last : null;

    /// <summary>
    /// Installs or upgrades: the release is then pending-install or pending-upgrade until <see cref="Finish"/>.
    /// </summary>
    /// <exception cref="HelmException">Helm refuses before it changes anything, or the API server does.</exception>
    public HelmRelease Begin(TwinCluster cluster, HelmRequest request)
    {
        var history = ReleaseStore.History(cluster, request.Namespace, request.Release);
        var last = history.LastOrDefault(one => one.Status != "uninstalled");

        if (last is { Status: "pending-install" or "pending-upgrade" or "pending-rollback" })
            throw new HelmException("UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress");

        if (cluster.Objects.View(new ObjectKey("v1", "Namespace", "", request.Namespace)) is null)
            throw new HelmException($"create: failed to create: namespaces \"{request.Namespace}\" not found");

        var chart = ChartShelf.Find(request);
        var objects = Render(cluster, request, chart);
        ApplyCrds(cluster, chart);
        Check(cluster, request, objects, last is not null);

        var now = world.Clock.GetUtcNow();
        var release = new HelmRelease(
            request.Release,
            request.Namespace,
            (history is [.., var newest] ? newest.Revision : 0) + 1,
            last is null ? "pending-install" : "pending-upgrade",
            chart.Name,
            chart.Version,
            chart.AppVersion,
            last?.FirstDeployed ?? now,
            now,
            last is null ? "Initial install underway" : "Preparing upgrade",
            (JsonObject)request.Values.DeepClone(),
            [.. objects.Select(ObjectKey.Of)]
        );
        ReleaseStore.Write(cluster, release);
        Send(cluster, objects, last, release);
        return release;
    }

    /// <summary>What of a release is not ready yet, as "Deployment/linkerd/linkerd-identity: Available: 0/2".</summary>
    public static IReadOnlyList<string> Waiting(TwinCluster cluster, HelmRelease release) =>
        [
            .. release
                .Objects.Where(key =>
                    key.Kind
                        is "Deployment"
                            or "DaemonSet"
                            or "StatefulSet"
                            or "Job"
                            or "PersistentVolumeClaim"
                            or "Service"
                            or "CustomResourceDefinition"
                )
                .Select(key => (Key: key, Health: Health.Of(cluster, key)))
                .Where(one => !one.Health.IsCurrent)
                .Select(one => $"{one.Key.Kind}/{one.Key.Namespace}/{one.Key.Name}: {one.Health.Message}"),
        ];

    /// <summary>A Job of the release that has given up, in Helm's words: it stops waiting for it. Null when there is none.</summary>
    public static string? FailedJob(TwinCluster cluster, HelmRelease release) =>
        release
            .Objects.Where(key => key.Kind == "Job" && Health.Of(cluster, key).Status == "Failed")
            .Select(key => $"job is failed: {key.Namespace}/{key.Name}")
            .FirstOrDefault();

    /// <summary>Writes down how a begun install or upgrade ended.</summary>
    /// <param name="error">null = well</param>
    public static HelmRelease Finish(TwinCluster cluster, HelmRelease release, string? error)
    {
        var installs = release.Status == "pending-install";
        var action = installs ? "Install" : "Upgrade";
        var ended = release with
        {
            Status = error is null ? "deployed" : "failed",
            Description =
                error is null ? $"{action} complete"
                : installs ? $"Release \"{release.Name}\" failed: {error}"
                : $"Upgrade \"{release.Name}\" failed: {error}",
        };

        if (error is null)
        {
            foreach (var old in ReleaseStore.History(cluster, release.Namespace, release.Name))
            {
                if (old.Status == "deployed" && old.Revision < release.Revision)
                    ReleaseStore.Write(cluster, old with { Status = "superseded" });
            }
        }

        ReleaseStore.Write(cluster, ended);
        return ended;
    }

    /// <summary>The whole of `helm upgrade --install`, as long as it takes.</summary>
    /// <param name="wait">Until everything is ready, as --wait does.</param>
    /// <exception cref="HelmException">It failed; the release says so too, if there is one.</exception>
    public async Task<HelmRelease> UpgradeInstallAsync(
        TwinCluster cluster,
        HelmRequest request,
        bool wait,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var release = Begin(cluster, request);
        var until = world.Clock.GetUtcNow() + timeout;
        var second = TimeSpan.FromSeconds(1);
        await Task.Delay(second * 3, world.Clock, cancellationToken);

        while (wait && Waiting(cluster, release).Count > 0 && world.Clock.GetUtcNow() < until)
            await Task.Delay(second, world.Clock, cancellationToken);

        var error =
            Fails(cluster, release) || (wait && Waiting(cluster, release).Count > 0)
                ? "context deadline exceeded"
                : null;
        var ended = Finish(cluster, release, error);

        return error is null ? ended
            : release.Status == "pending-upgrade" ? throw new HelmException($"UPGRADE FAILED: {error}")
            : throw new HelmException(error);
    }

    /// <summary>True when a fault makes this install or upgrade fail; uses one of its times up.</summary>
    public bool Fails(TwinCluster cluster, HelmRelease release) =>
        world.Faults.Strikes($"{cluster.Name}/helm/{release.Name}")
        || (release.Chart == "cilium" && world.Faults.Strikes($"{cluster.Name}/cilium-install"));

    /// <summary>Removes the objects (not the CRDs) and the history.</summary>
    /// <exception cref="HelmException">There is no such release.</exception>
    public static void Uninstall(TwinCluster cluster, string ns, string release)
    {
        var history = ReleaseStore.History(cluster, ns, release);

        if (history.Count == 0)
            throw new HelmException($"uninstall: Release not loaded: {release}: release: not found");

        foreach (var key in history[^1].Objects.Reverse())
            Deletion.Begin(cluster, key);

        foreach (var revision in history)
            ReleaseStore.Remove(cluster, revision);
    }

    /// <summary>Makes an older revision the newest one again; 0 = the one before.</summary>
    /// <exception cref="HelmException">There is no such revision.</exception>
    public HelmRelease Rollback(TwinCluster cluster, string ns, string release, int revision)
    {
        var history = ReleaseStore.History(cluster, ns, release);

        if (history.Count == 0)
            throw new HelmException("release: not found");

        var wanted = revision == 0 ? history[^1].Revision - 1 : revision;
        var target =
            history.FirstOrDefault(one => one.Revision == wanted)
            ?? throw new HelmException($"release has no {wanted} version");

        foreach (var stuck in history.Where(one => one.Status.StartsWith("pending-", StringComparison.Ordinal)))
            ReleaseStore.Write(cluster, stuck with { Status = "failed" });

        var begun = Begin(cluster, new HelmRequest(release, ns, target.Chart, target.ChartVersion, target.Values));
        return Finish(cluster, begun, error: null) with { Description = $"Rollback to {wanted}" };
    }

    private static List<JsonObject> Render(TwinCluster cluster, HelmRequest request, Chart chart)
    {
        var input = new ChartInput(cluster, request.Release, request.Namespace, request.Values);

        return
        [
            .. chart
                .Render(input)
                .Select(json =>
                    json.Labelled(("app.kubernetes.io/managed-by", "Helm"))
                        .Annotated(
                            ("meta.helm.sh/release-name", request.Release),
                            ("meta.helm.sh/release-namespace", request.Namespace)
                        )
                ),
        ];
    }

    private static void ApplyCrds(TwinCluster cluster, Chart chart)
    {
        foreach (var crd in chart.Crds)
            Applier.Apply(cluster, crd);
    }

    private static void Check(TwinCluster cluster, HelmRequest request, List<JsonObject> objects, bool upgrades)
    {
        var own = objects.Where(json => (string?)json["kind"] == "CustomResourceDefinition").ToList();

        foreach (var json in objects)
        {
            var key = ObjectKey.Of(json);

            if (!Applier.Knows(cluster, key.ApiVersion, key.Kind) && !IsComing(cluster, own, key))
            {
                throw new HelmException(
                    $"{(upgrades ? "UPGRADE FAILED: " : "")}unable to build kubernetes objects from {(upgrades ? "current " : "")}release manifest: "
                        + $"resource mapping not found for name: \"{key.Name}\" namespace: \"{key.Namespace}\" from \"\": "
                        + $"no matches for kind \"{key.Kind}\" in version \"{key.ApiVersion}\"\nensure CRDs are installed first"
                );
            }

            var owner = cluster.Objects.View(key)?["metadata"]?["annotations"]?["meta.helm.sh/release-name"];

            if (cluster.Objects.View(key) is not null && (string?)owner != request.Release)
                throw new HelmException(Unowned(key, request, (string?)owner));
        }
    }

    /// <summary>True for kinds whose CRD is just being established, or comes with the chart itself.</summary>
    private static bool IsComing(TwinCluster cluster, List<JsonObject> own, ObjectKey key) =>
        Applier.CrdOf(cluster, key.ApiVersion, key.Kind) is not null
        || own.Exists(crd => (string?)crd["spec"]?["names"]?["kind"] == key.Kind);

    private static string Unowned(ObjectKey key, HelmRequest request, string? owner) =>
        $"Unable to continue with install: {key.Kind} \"{key.Name}\" in namespace \"{key.Namespace}\" exists and cannot be imported "
        + "into the current release: invalid ownership metadata; "
        + (
            owner is null
                ? "label validation error: missing key \"app.kubernetes.io/managed-by\": must be set to \"Helm\"; annotation validation error: "
                    + $"missing key \"meta.helm.sh/release-name\": must be set to \"{request.Release}\"; annotation validation error: "
                    + $"missing key \"meta.helm.sh/release-namespace\": must be set to \"{request.Namespace}\""
                : $"annotation validation error: key \"meta.helm.sh/release-name\" must equal \"{request.Release}\": current value is \"{owner}\""
        );

    private static void Send(TwinCluster cluster, List<JsonObject> objects, HelmRelease? last, HelmRelease release)
    {
        foreach (var json in objects)
        {
            var complaint = Applier.Apply(cluster, json);

            // A kind that is a moment away from being established: the real Helm waits for it.
            if (complaint?.StartsWith("no matches", StringComparison.Ordinal) is true)
                cluster.Objects.Put(json);
            else if (complaint is not null)
                throw new HelmException(Finish(cluster, release, complaint).Description);
        }

        foreach (var gone in (last?.Objects ?? []).Except(release.Objects))
            Deletion.Begin(cluster, gone);
    }
}
