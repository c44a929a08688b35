using System.Globalization;

namespace PlatformBot.Sandbox.Twin.Metrics;

/// <summary>The answer to an instant query, as VictoriaMetrics writes it.</summary>
internal static class InstantVector
{
    /// <param name="samples">labels as a JSON object, and the value</param>
    /// <param name="fetched">series that were read for it</param>
    public static string Json(IEnumerable<(string Labels, int Value)> samples, int fetched, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var result = samples.Select(one => $"{{\"metric\":{one.Labels},\"value\":[{time},\"{one.Value}\"]}}");
        return $"{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{string.Join(',', result)}]}},\"stats\":{{\"seriesFetched\":\"{fetched}\"}}}}";
    }
}
