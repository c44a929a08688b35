using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>
/// Client configuration files, merged as kubectl merges them: entry by entry, the first file wins, and nothing is put together from two
/// entries of one name. Which context is the current one means nothing here: a step names its cluster.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly KubernetesOptions _options;
    private readonly IReadOnlyList<KubeconfigEntry> _entries;
    private readonly Dictionary<string, Result<ClusterAccess>> _found = [];
    private readonly HashSet<string> _files = [];

    private Kubeconfig(KubernetesOptions options, IReadOnlyList<KubeconfigEntry> entries) =>
        (_options, _entries) = (options, entries);

    /// <summary>Certificates and keys that stand in files of their own, as far as contexts were asked for.</summary>
    public IEnumerable<string> Files => _files;

    /// <summary>Files that are not there are left out; one that cannot be read is a refusal.</summary>
    public static Result<Kubeconfig> Read(KubernetesOptions options)
    {
        var entries = new List<KubeconfigEntry>();

        foreach (var file in options.Files().Where(File.Exists))
        {
            if (!KubeconfigEntry.ReadFile(file).Ok(out var read, out var refusal))
                return refusal;

            entries.AddRange(read);
        }

        return new Kubeconfig(options, entries);
    }

    public Result<ClusterAccess> Find(string context)
    {
        if (_found.TryGetValue(context, out var known))
            return known;

        return _found[context] = Read(context);
    }

    private Result<ClusterAccess> Read(string name)
    {
        if (Entry("context", name) is not { } context)
        {
            var contexts = _entries.Where(entry => entry.Kind == "context").Select(entry => entry.Name).Distinct();
            return new Refusal(
                $"There is no client configuration for {name} yet.",
                $"Contexts: {string.Join(", ", contexts)}."
            );
        }

        if (!Named(context, "cluster").Ok(out var cluster, out var refusal))
            return refusal;

        if (!Named(context, "user").Ok(out var user, out refusal))
            return refusal;

        var pems = new PemFields(_files);
        if (
            !ClusterRules
                .Read(cluster, pems, insecure: _options.Insecure.Contains(name))
                .Ok(out var access, out refusal)
        )
        {
            return refusal;
        }

        return UserRules.Read(
            access with
            {
                Namespace = context.Text("namespace") ?? "default",
            },
            user,
            pems,
            _options.ExecPlugins
        );
    }

    private Result<KubeconfigEntry> Named(KubeconfigEntry context, string kind)
    {
        if (context.Text(kind) is not { } name)
            return new Refusal($"{context} names no {kind}.", $"Write the {kind} into it.");

        return Entry(kind, name) is { } found
            ? found
            : new Refusal(
                $"{context} names the {kind} {name}, which is in none of the client configurations.",
                "Fetch the client configuration again, or correct the name."
            );
    }

    private KubeconfigEntry? Entry(string kind, string name) =>
        _entries.FirstOrDefault(entry => entry.Kind == kind && entry.Name == name);
}
