using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Kubernetes.Fields;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>What a write did.</summary>
/// <param name="Warnings">Texts for the Warning header.</param>
public sealed record Written(JsonObject Object, bool Created, IReadOnlyList<string> Warnings);

/// <summary>
/// The API server's writing half without HTTP: validation, admission, defaults, ownership, then the store. The server uses
/// it for requests; the simulated Flux and Helm use it as their API client.
/// </summary>
/// <exception cref="StatusException">Every method: what the API server would answer instead of 2xx.</exception>
public sealed class KubeRegistry(TwinCluster cluster)
{
    public TwinCluster Cluster { get; } = cluster;

    /// <summary>The served kind; 404 as kubectl sees it when there is none.</summary>
    public Resource Find(string apiVersion, string kind) =>
        ResourceTable.Find(Cluster, apiVersion, kind) ?? throw Refusals.NoSuchResource();

    /// <summary>Server-side apply of one object; its namespace stands in it ("default" where it should and does not).</summary>
    public Written Apply(JsonObject wanted, WriteOptions options)
    {
        var resource = Find(wanted.Text("apiVersion"), wanted.Text("kind"));
        var inNamespace = resource.Namespaced ? NamespaceOf(wanted) : "";
        return Apply(resource, inNamespace, wanted.Name(), wanted, options);
    }

    public Written Apply(Resource resource, string inNamespace, string name, JsonObject wanted, WriteOptions options)
    {
        ApplyChecks.Request(wanted, resource, inNamespace, name, options);
        Schema.CheckApplied(wanted, resource, inNamespace);

        return Write(
            resource,
            inNamespace,
            name,
            options,
            live =>
            {
                ApplyChecks.Live(wanted, live, resource, name);
                var next = live?.Copy() ?? Skeleton(resource, inNamespace, name);
                var fields = Taken(wanted, resource, options);
                ServerSideApply.Onto(next, fields, resource, options, Timestamp.Of(Cluster.Clock));
                return next;
            }
        );
    }

    public Written Create(
        Resource resource,
        string inNamespace,
        JsonObject wanted,
        WriteOptions options,
        string strictness = "Warn"
    )
    {
        ApplyChecks.Namespace(wanted, inNamespace);
        Naming.Generate(wanted);
        var warnings = Schema.Check(wanted, resource, strictness);
        var name = wanted.Name();

        var written = Write(
            resource,
            inNamespace,
            name,
            options,
            live =>
            {
                if (live is not null)
                    throw Refusals.AlreadyExists(resource, name);

                var next = Taken(wanted, resource, options);
                next.Section("metadata")["namespace"] = inNamespace;
                return Tracked(before: null, next, resource, options);
            }
        );
        return written with { Warnings = [.. warnings, .. written.Warnings] };
    }

    public Written Replace(Resource resource, string inNamespace, string name, JsonObject wanted, WriteOptions options)
    {
        ApplyChecks.Names(wanted, resource, inNamespace, name);
        var warnings = Schema.Check(wanted, resource, "Warn");

        var written = Write(
            resource,
            inNamespace,
            name,
            options,
            live =>
            {
                ApplyChecks.Replacement(wanted, live, resource, name);
                var next = live is null ? wanted.Copy() : Overlay(live, wanted, resource, options);
                next.Section("metadata")["namespace"] = inNamespace;
                return Tracked(live, next, resource, options);
            }
        );
        return written with { Warnings = warnings };
    }

    /// <summary>Any patch that works on the object as it is: merge, strategic merge or JSON patch.</summary>
    public Written Patch(
        Resource resource,
        string inNamespace,
        string name,
        Func<JsonObject, JsonObject> patch,
        WriteOptions options
    ) =>
        Write(
            resource,
            inNamespace,
            name,
            options,
            live =>
            {
                if (live is null)
                    throw Refusals.NotFound(resource, name);

                var patched = patch(live.Copy());
                ApplyChecks.Replacement(patched, live, resource, name, patched: true);
                Schema.Check(patched, resource, "Ignore");
                return Tracked(live, Overlay(live, patched, resource, options), resource, options);
            }
        );

    private Written Write(
        Resource resource,
        string inNamespace,
        string name,
        WriteOptions options,
        Func<JsonObject?, JsonObject> change
    )
    {
        var key = KeyOf(resource, inNamespace, name);
        var created = false;

        JsonObject Change(JsonObject? live)
        {
            created = live is null;
            Admission.Check(Cluster, resource, inNamespace, name, create: created);
            var next = change(live);
            next["apiVersion"] = resource.StorageApiVersion;
            next["kind"] = resource.Kind;

            if (!resource.Namespaced)
                next.Section("metadata").Remove("namespace");

            Defaults.Fill(next, resource, Cluster);
            Validation.Check(next, live, resource, name);
            return next;
        }

        var stored = options.DryRun ? Preview(key, Change) : Cluster.Objects.Change(key, Change)!;
        return new Written(Present(stored, resource), created, []);
    }

    private JsonObject Preview(ObjectKey key, Func<JsonObject?, JsonObject> change)
    {
        var live = Cluster.Objects.Get(key);
        var next = StoreStamp.Apply(change(live?.Copy()), live, Cluster.Clock);

        if (live is null)
            next.Section("metadata").Remove("resourceVersion");

        return next;
    }

    /// <summary>Where an object of that kind lies in the store.</summary>
    public static ObjectKey KeyOf(Resource resource, string inNamespace, string name) =>
        new(resource.StorageApiVersion, resource.Kind, resource.Namespaced ? inNamespace : "", name);

    /// <summary>The stored object as the asked version shows it.</summary>
    public static JsonObject Present(JsonObject stored, Resource resource)
    {
        if (resource.Version == resource.StorageVersion)
            return stored;

        var shown = stored.Copy();
        shown["apiVersion"] = resource.ApiVersion;
        return shown;
    }

    private static string NamespaceOf(JsonObject json) => json.Namespace() is { Length: > 0 } given ? given : "default";

    private static JsonObject Skeleton(Resource resource, string inNamespace, string name)
    {
        var metadata = new JsonObject { ["name"] = name };

        if (resource.Namespaced)
            metadata["namespace"] = inNamespace;

        return new JsonObject { ["metadata"] = metadata };
    }

    /// <summary>The part of what was sent that this kind of write may set: all but the status, or the status alone.</summary>
    private static JsonObject Taken(JsonObject wanted, Resource resource, WriteOptions options)
    {
        var taken = wanted.Copy();
        taken.Section("metadata").Remove("resourceVersion");
        taken.Section("metadata").Remove("uid");

        if (options.Subresource == "status")
        {
            return new JsonObject
            {
                ["apiVersion"] = wanted.Text("apiVersion"),
                ["kind"] = wanted.Text("kind"),
                ["status"] = wanted["status"]?.DeepClone(),
            };
        }

        if (resource.HasStatus)
            taken.Remove("status");

        SecretText.Keep(taken);
        return taken;
    }

    private static JsonObject Overlay(JsonObject live, JsonObject wanted, Resource resource, WriteOptions options)
    {
        if (options.Subresource == "status")
        {
            var changed = live.Copy();
            changed["status"] = wanted["status"]?.DeepClone();
            return changed;
        }

        var next = wanted.Copy();
        SecretText.Keep(next);

        // What only the server writes stays as it is.
        foreach (var kept in new[] { "deletionTimestamp", "deletionGracePeriodSeconds" })
            next.Section("metadata")[kept] = live.At("metadata", kept)?.DeepClone();

        if (next.At("metadata", "deletionTimestamp") is null)
        {
            next.Section("metadata").Remove("deletionTimestamp");
            next.Section("metadata").Remove("deletionGracePeriodSeconds");
        }

        if (resource.HasStatus)
            next["status"] = live["status"]?.DeepClone();

        if (next["status"] is null)
            next.Remove("status");

        return next;
    }

    private JsonObject Tracked(JsonObject? before, JsonObject next, Resource resource, WriteOptions options)
    {
        ServerSideApply.Track(before, next, resource, options, Timestamp.Of(Cluster.Clock));
        return next;
    }
}
