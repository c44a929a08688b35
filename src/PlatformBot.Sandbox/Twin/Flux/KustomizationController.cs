using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Kustomize;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>
/// kustomize-controller: builds a path of an artifact, applies it, waits for its health, prunes what is gone. One object
/// passes through: dependencies → build and apply (a second) → health checks → Ready.
/// </summary>
internal sealed class KustomizationController(TwinWorld world)
    : FluxController(world, "kustomize-controller", FluxKinds.Kustomize, "Kustomization")
{
    private const string Finalizer = "finalizers.fluxcd.io";
    private static readonly TimeSpan Build = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Requeue = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Artifact> _work = [];
    private readonly Dictionary<string, string> _seen = [];
    private readonly HashSet<string> _applied = [];

    protected override void Reconcile(TwinCluster cluster, JsonObject json)
    {
        if (json["metadata"]?["deletionTimestamp"] is not null)
            Remove(cluster, json);
        else if (_work.TryGetValue(Uid(json), out var artifact))
            Continue(cluster, json, artifact);
        else if (SourceOf(cluster, json) is not { } source)
            Block(cluster, json, "", "ArtifactFailed", $"Source artifact not found, retrying in 30s");
        else if (json.IsAskedFor() || IsDue(json) || _seen.GetValueOrDefault(Uid(json)) != source.Revision)
            Start(cluster, json, source);
    }

    private Artifact? SourceOf(TwinCluster cluster, JsonObject json)
    {
        var reference = json["spec"]?["sourceRef"];
        var key = ObjectKey.Of(json);
        var source = cluster.Objects.View(
            new ObjectKey(
                FluxKinds.Source,
                reference.TextAt("kind"),
                reference.TextAt("namespace", key.Namespace),
                reference.TextAt("name")
            )
        );
        return source is null ? null : GitRepositoryController.ArtifactOf(World, source);
    }

    private void Start(TwinCluster cluster, JsonObject json, Artifact source)
    {
        if (Dependency(cluster, json, source) is { } dependency)
        {
            Block(cluster, json, source.Revision, "DependencyNotReady", dependency);
            return;
        }

        _seen[Uid(json)] = source.Revision;
        _work[Uid(json)] = source;
        _applied.Remove(Uid(json));
        Begin(json);
        Change(
            cluster,
            json,
            kustomization =>
            {
                AddFinalizer(kustomization);
                kustomization.StatusOf()["lastAttemptedRevision"] = source.Revision;
                kustomization.Begin(Now, $"Fetching manifests for revision {source.Revision} with a timeout of 60s");
            }
        );
    }

    private static void AddFinalizer(JsonObject json)
    {
        var metadata = json["metadata"]!.AsObject();

        if (metadata["finalizers"] is not JsonArray finalizers)
            metadata["finalizers"] = finalizers = [];

        if (!finalizers.Any(one => (string?)one == Finalizer))
            finalizers.Add(Finalizer);
    }

    /// <summary>Not yet: says why and looks again after a while.</summary>
    private void Block(TwinCluster cluster, JsonObject json, string revision, string reason, string message)
    {
        if (!IsDue(json) && !json.IsAskedFor() && _seen.GetValueOrDefault(Uid(json)) == revision)
            return;

        _seen[Uid(json)] = revision;
        Again(json, Requeue);
        Change(cluster, json, kustomization => kustomization.Fail(Now, reason, message));
    }

    private static string? Dependency(TwinCluster cluster, JsonObject json, Artifact source)
    {
        var key = ObjectKey.Of(json);

        foreach (var entry in json.ItemsAt("spec.dependsOn"))
        {
            var name = (Namespace: entry.TextAt("namespace", key.Namespace), Name: entry.TextAt("name"));
            var other = cluster.Objects.View(
                new ObjectKey(FluxKinds.Kustomize, "Kustomization", name.Namespace, name.Name)
            );

            if (other is null)
                return $"dependency '{name.Namespace}/{name.Name}' not found: kustomizations.kustomize.toolkit.fluxcd.io \"{name.Name}\" not found";

            if (!other.IsReady())
                return $"dependency '{name.Namespace}/{name.Name}' is not ready";

            if (
                JsonNode.DeepEquals(other["spec"]?["sourceRef"], json["spec"]?["sourceRef"])
                && (string?)other["status"]?["lastAppliedRevision"] != source.Revision
            )
            {
                return $"dependency '{name.Namespace}/{name.Name}' revision is not up to date";
            }
        }

        return null;
    }

    private void Continue(TwinCluster cluster, JsonObject json, Artifact artifact)
    {
        if (Working(json) < Build)
            return;

        try
        {
            // What is checked stands in the inventory, which this look at the object does not have yet when it is applied.
            if (_applied.Contains(Uid(json)))
                CheckHealth(cluster, json, artifact);
            else
                Apply(cluster, json, artifact);
        }
        catch (KustomizeException trouble)
        {
            Finish(json, failed: true);
            Change(cluster, json, one => one.Fail(Now, "BuildFailed", $"kustomize build failed: {trouble.Message}"));
        }
        catch (SubstitutionException trouble)
        {
            Finish(json, failed: true);
            Change(cluster, json, one => one.Fail(Now, "PostBuildFailed", $"post build failed: {trouble.Message}"));
        }
    }

    /// <summary>Comes again while CRDs of this very set are not established yet.</summary>
    private void Apply(TwinCluster cluster, JsonObject json, Artifact artifact)
    {
        var key = ObjectKey.Of(json);
        var built = Overlaid(json, new KustomizeBuilder(artifact.Files).Build(json.TextAt("spec.path", "./")));
        var objects = Substitution.Apply(cluster, json, built).Select(one => Owned(one, key)).ToList();
        var outcome = ApplySet.Run(cluster, objects);

        if (outcome is { Trouble: null, IsWaiting: true })
            return;

        if (outcome.Trouble is not null)
        {
            Finish(json, failed: true);
            Change(cluster, json, one => one.Fail(Now, "ReconciliationFailed", outcome.Trouble));
            return;
        }

        Prune(cluster, json, objects);
        _applied.Add(Uid(json));
        Begin(json);
        var timeout = Timeout(json);
        Change(
            cluster,
            json,
            one =>
            {
                one.StatusOf()["inventory"] = Inventory.Of(objects);
                one.Set(
                    Now,
                    "Reconciling",
                    "True",
                    "Progressing",
                    $"Running health checks for revision {artifact.Revision} with a timeout of {Show(timeout)}"
                );
            }
        );
    }

    /// <summary>What the Kustomization itself says on top of the directory: spec.patches and spec.targetNamespace.</summary>
    private static List<JsonObject> Overlaid(JsonObject json, IReadOnlyList<JsonObject> built)
    {
        var objects = built.ToList();
        Patches.Apply(
            objects,
            json.ItemsAt("spec.patches"),
            path => throw new KustomizeException($"no such file: {path}")
        );

        if (json.TextAt("spec.targetNamespace") is { Length: > 0 } target)
            Transformers.Apply(objects, Manifest.Map(("namespace", target)));

        return objects;
    }

    private static JsonObject Owned(JsonObject json, ObjectKey by) =>
        ((JsonObject)json.DeepClone()).Labelled(
            ("kustomize.toolkit.fluxcd.io/name", by.Name),
            ("kustomize.toolkit.fluxcd.io/namespace", by.Namespace)
        );

    private static void Prune(TwinCluster cluster, JsonObject json, List<JsonObject> objects)
    {
        if ((bool?)json["spec"]?["prune"] is not true)
            return;

        foreach (var gone in Inventory.Keys(json).Except(objects.Select(ObjectKey.Of)).Reverse())
            Deletion.Begin(cluster, gone);
    }

    private void CheckHealth(TwinCluster cluster, JsonObject json, Artifact artifact)
    {
        var waiting = Checked(json)
            .Select(key => (Key: key, Health: HealthOf(cluster, json, key)))
            .Where(one => !one.Health.IsCurrent)
            .ToList();
        var working = Working(json) ?? TimeSpan.Zero;
        var stalled = waiting.Exists(one => one.Health.Status == "Failed");

        if (waiting.Count == 0)
        {
            Succeed(cluster, json, artifact);
        }
        else if (stalled || working > Timeout(json))
        {
            FailHealth(
                cluster,
                json,
                working,
                stalled,
                waiting.Select(one => $"{Inventory.Show(one.Key)} status: '{one.Health.Status}'")
            );
        }
    }

    /// <summary>By the Kustomization's own expressions where it has some for the kind, else by what is known of kinds.</summary>
    private static Health HealthOf(TwinCluster cluster, JsonObject json, ObjectKey key)
    {
        var rule = json.ItemsAt("spec.healthCheckExprs")
            .FirstOrDefault(one => one.TextAt("apiVersion") == key.ApiVersion && one.TextAt("kind") == key.Kind);

        if (rule is null || cluster.Objects.View(key) is not { } found)
            return Health.Of(cluster, key);

        // This order: what is under way has not failed, and what has failed is not current.
        return HoldsIn("inProgress") ? new Health("InProgress", "Resource is in progress")
            : HoldsIn("failed") ? new Health("Failed", "Resource has failed")
            : HoldsIn("current") ? Health.Current
            : new Health("InProgress", "Resource is not current yet");

        bool HoldsIn(string name) => rule.TextAt(name) is { Length: > 0 } text && HealthExpression.Holds(text, found);
    }

    private void FailHealth(
        TwinCluster cluster,
        JsonObject json,
        TimeSpan working,
        bool stalled,
        IEnumerable<string> waiting
    )
    {
        var why = stalled ? "failed early due to stalled resources" : "timeout waiting for";
        var message = $"health check failed after {Show(working)}: {why}: [{string.Join(", ", waiting)}]";
        Finish(json, failed: true);
        Change(
            cluster,
            json,
            one =>
            {
                one.Set(Now, "Healthy", "False", "HealthCheckFailed", message);
                one.Fail(Now, "HealthCheckFailed", message);
            }
        );
    }

    private void Succeed(TwinCluster cluster, JsonObject json, Artifact artifact)
    {
        var took = Working(json) ?? TimeSpan.Zero;
        Finish(json, failed: false);
        Change(
            cluster,
            json,
            one =>
            {
                one.StatusOf()["lastAppliedRevision"] = artifact.Revision;

                if (Checked(one).Any())
                    one.Set(Now, "Healthy", "True", "Succeeded", $"Health check passed in {Show(took)}");

                one.Succeed(Now, "ReconciliationSucceeded", $"Applied revision: {artifact.Revision}");
            }
        );
    }

    private void Finish(JsonObject json, bool failed)
    {
        _work.Remove(Uid(json));
        End(json);
        var interval = Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromMinutes(10));
        Again(json, failed ? Conditions.Duration(json["spec"]?["retryInterval"], interval) : interval);
    }

    private static IEnumerable<ObjectKey> Checked(JsonObject json) =>
        (bool?)json["spec"]?["wait"] is true
            ? Inventory.Keys(json)
            : json.ItemsAt("spec.healthChecks")
                .Select(check => new ObjectKey(
                    check.TextAt("apiVersion"),
                    check.TextAt("kind"),
                    check.TextAt("namespace"),
                    check.TextAt("name")
                ));

    private void Remove(TwinCluster cluster, JsonObject json)
    {
        _work.Remove(Uid(json));

        if ((bool?)json["spec"]?["prune"] is true && json.TextAt("spec.deletionPolicy", "MirrorPrune") != "Orphan")
        {
            foreach (var key in Inventory.Keys(json).Reverse())
                Deletion.Begin(cluster, key);
        }

        Change(cluster, json, one => one["metadata"]!.AsObject().Remove("finalizers"));
    }

    private static TimeSpan Timeout(JsonObject json) =>
        Conditions.Duration(
            json["spec"]?["timeout"],
            Conditions.Duration(json["spec"]?["interval"], TimeSpan.FromMinutes(5))
        );

    private static string Show(TimeSpan span) => Durations.Show(span);
}
