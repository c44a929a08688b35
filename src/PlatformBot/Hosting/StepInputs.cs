using System.Collections.Concurrent;
using PlatformBot.Cli;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runbooks;
using PlatformBot.Kubernetes;

namespace PlatformBot.Hosting;

/// <summary>
/// What steps read besides their own words, from the disk and the clusters. Programs are told apart by their SHA-256, which is exact and
/// asks nothing of them; a cluster by the UID of its namespace kube-system.
/// </summary>
internal sealed class StepInputs(ToolPath tools, Clusters clusters, NamedFiles files) : IInputs
{
    private readonly ConcurrentDictionary<string, (long Size, DateTime Written, string Sha256)> _programs = [];

    public async Task<IReadOnlyList<Pin>> ReadAsync(
        Plan plan,
        IReadOnlyList<PlannedStep> steps,
        CancellationToken stopping
    )
    {
        var uids = await Task.WhenAll(
            steps.Select(step => step.Target).OfType<string>().Distinct().Select(name => ClusterAsync(name, stopping))
        );
        var programs = steps.SelectMany(step => StepSubjects.ProgramsOf(step.Action)).Distinct().Select(Program);
        return
        [
            .. uids.Concat(programs).Concat(files.Of(plan, steps)).OrderBy(pin => pin.Input, StringComparer.Ordinal),
        ];
    }

    private async Task<Pin> ClusterAsync(string name, CancellationToken stopping)
    {
        // No client configuration leads to it: a bootstrap has yet to make both.
        if (!clusters.Find(name).Ok(out var cluster, out _))
            return Pin.OfCluster(name, uid: null);

        try
        {
            return Pin.OfCluster(name, await cluster.UidAsync(stopping));
        }
        catch (ApiException error)
        {
            return Pin.OfCluster(name, uid: null, error.Message);
        }
    }

    private Pin Program(string tool)
    {
        // The bot's own build has an id of its own; its program on the disk is only what starts it.
        if (tool == ToolBook.Self)
            return Pin.OfTool(tool, $"{typeof(StepInputs).Module.ModuleVersionId:N}");

        try
        {
            return Pin.OfTool(tool, tools.Find(tool) is [var path, ..] ? Sha256Of(path) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Pin.OfTool(tool, sha256: null, error.Message);
        }
    }

    /// <summary>Programs are large: one that has neither another size nor another time is not read again.</summary>
    private string Sha256Of(string path)
    {
        var file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        var (size, written) = (file.Length, file.LastWriteTimeUtc);

        if (_programs.TryGetValue(file.FullName, out var known) && (known.Size, known.Written) == (size, written))
            return known.Sha256;

        using var bytes = file.OpenRead();
        var sha256 = Core.Sha256.Of(bytes);
        _programs[file.FullName] = (size, written, sha256);
        return sha256;
    }
}
