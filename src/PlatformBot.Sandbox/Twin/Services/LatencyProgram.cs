namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>A shell that times psql's answers and prints the median in whole milliseconds.</summary>
/// <remarks>Fault "apps/link-slow": the way to the other cluster takes 80 ms more.</remarks>
internal sealed class LatencyProgram(TwinWorld world)
{
    private readonly PostgresPrograms _psql = new(world);

    /// <summary>Null for other programs.</summary>
    public ExecAnswer? Exec(TwinCluster cluster, ExecRequest request)
    {
        if (
            request.Command is not ["bash", "-c", var script]
            || !script.Contains("psql", StringComparison.Ordinal)
            || !script.Contains("\\timing", StringComparison.Ordinal)
        )
        {
            return null;
        }

        var answer = _psql.Exec(cluster, request with { Command = ["psql", "-AtXc", "select 1"] });
        return answer is null or { ExitCode: not 0 } ? answer
            : world.Faults.Lasts($"{cluster.Name}/link-slow") ? new ExecAnswer(0, "83\n", "")
            : new ExecAnswer(0, "3\n", "");
    }
}
