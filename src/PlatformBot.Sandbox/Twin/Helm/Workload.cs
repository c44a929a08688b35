using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Helm;

/// <summary>A Deployment, DaemonSet or StatefulSet, said in the few facts that matter to the twin.</summary>
/// <param name="App">The value of the label app.kubernetes.io/name (unless <see cref="Labels"/> says others).</param>
/// <param name="Containers">"name=image"</param>
internal sealed record Workload(string Kind, string Namespace, string Name, string App, params string[] Containers)
{
    public int Replicas { get; init; } = 1;

    /// <summary>The selector and the pods' labels; null = app.kubernetes.io/name and instance.</summary>
    public JsonObject? Labels { get; init; }

    public JsonObject PodAnnotations { get; init; } = [];

    public bool HostNetwork { get; init; }

    /// <summary>Paths of the node that the pod mounts.</summary>
    public string[] HostPaths { get; init; } = [];

    /// <summary>An init container's "name=image" and the capabilities that it adds.</summary>
    public (string Container, string[] Capabilities)? Init { get; init; }

    public string? ServiceAccount { get; init; }

    /// <summary>For StatefulSets: a claim's name, class and size.</summary>
    public (string Name, string Class, string Size)? Claim { get; init; }

    /// <summary>For Deployments: a claim that exists beside it.</summary>
    public string? ClaimName { get; init; }

    /// <summary>Environment of the first container.</summary>
    public (string Name, string Value)[] Env { get; init; } = [];

    /// <summary>Environment of the first container that comes from a Secret.</summary>
    public (string Name, string Secret, string Key)[] SecretEnv { get; init; } = [];

    public JsonObject Selector =>
        Labels ?? Manifest.Map(("app.kubernetes.io/name", App), ("app.kubernetes.io/instance", Name));

    public JsonObject ToJson()
    {
        var template = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = Selector.DeepClone(),
                ["annotations"] = PodAnnotations.DeepClone(),
            },
            ["spec"] = PodSpec(),
        };
        var spec = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = Selector.DeepClone() },
            ["template"] = template,
        };

        if (Kind != "DaemonSet")
            spec["replicas"] = Replicas;

        if (Kind == "StatefulSet")
        {
            spec["serviceName"] = Name;
            spec["volumeClaimTemplates"] = Claim is { } claim
                ? new JsonArray(NewClaim(Namespace, claim.Name, claim.Class, claim.Size))
                : new JsonArray();
        }

        return Manifest.New("apps/v1", Kind, Namespace, Name).Marked("labels", Selector).With("spec", spec);
    }

    public static JsonObject NewClaim(string ns, string name, string storageClass, string size)
    {
        var spec = new JsonObject
        {
            ["accessModes"] = new JsonArray("ReadWriteOnce"),
            ["resources"] = new JsonObject { ["requests"] = Manifest.Map(("storage", size)) },
        };

        if (storageClass.Length > 0)
            spec["storageClassName"] = storageClass;

        return Manifest.New("v1", "PersistentVolumeClaim", ns, name).With("spec", spec);
    }

    private JsonObject PodSpec()
    {
        var spec = new JsonObject
        {
            ["serviceAccountName"] = ServiceAccount ?? Name,
            ["containers"] = new JsonArray([.. Containers.Select((text, index) => NewContainer(text, index == 0))]),
        };

        if (HostNetwork)
            spec["hostNetwork"] = true;

        if (Init is { } init)
        {
            var container = NewContainer(init.Container, first: false);
            container["securityContext"] = new JsonObject
            {
                ["capabilities"] = new JsonObject
                {
                    ["add"] = new JsonArray([.. init.Capabilities.Select(name => JsonValue.Create(name))]),
                },
            };
            spec["initContainers"] = new JsonArray(container);
        }

        if (HostPaths.Length > 0 || ClaimName is not null)
            spec["volumes"] = Volumes();

        // What the node itself needs runs everywhere, whatever the taints.
        if (HostNetwork || Kind == "DaemonSet")
            spec["tolerations"] = new JsonArray(new JsonObject { ["operator"] = "Exists" });

        return spec;
    }

    private JsonArray Volumes()
    {
        var volumes = HostPaths
            .Select(
                (path, index) =>
                    new JsonObject
                    {
                        ["name"] = $"host-{index}",
                        ["hostPath"] = new JsonObject { ["path"] = path },
                    }
            )
            .ToList();

        if (ClaimName is not null)
        {
            volumes.Add(
                new JsonObject
                {
                    ["name"] = "data",
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = ClaimName },
                }
            );
        }

        return new JsonArray([.. volumes]);
    }

    private JsonObject NewContainer(string text, bool first)
    {
        var (name, image) = text.Split('=', 2) is [var left, var right] ? (left, right) : (text, text);
        var container = new JsonObject { ["name"] = name, ["image"] = image };

        if (first && Env.Length + SecretEnv.Length > 0)
            container["env"] = NewEnv();

        return container;
    }

    private JsonArray NewEnv()
    {
        var plain = Env.Select(pair => new JsonObject { ["name"] = pair.Name, ["value"] = pair.Value });
        var secret = SecretEnv.Select(one => new JsonObject
        {
            ["name"] = one.Name,
            ["valueFrom"] = new JsonObject { ["secretKeyRef"] = Manifest.Map(("name", one.Secret), ("key", one.Key)) },
        });
        return new JsonArray([.. plain, .. secret]);
    }
}
