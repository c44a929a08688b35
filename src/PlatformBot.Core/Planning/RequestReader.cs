using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads HTTP requests of actions and checks.</summary>
internal static class RequestReader
{
    /// <summary>A token goes over https only, or no further than this machine.</summary>
    public static PlannedRequest Read(YamlMap http, Problems problems)
    {
        var url = http.Text("url", "");

        if (
            http.Key("bearer") is { } bearer
            && Uri.TryCreate(url, UriKind.Absolute, out var where)
            && where is { Scheme: "http", IsLoopback: false }
        )
        {
            problems.Add(bearer.At, "A token would go over the network in the clear.", "Write https://.");
        }

        return new(
            http.Text("method", "GET"),
            url,
            http.Map("headers")?.Sorted(value => value?.Text ?? "") ?? [],
            http.Text("body"),
            http.Text("bearer")
        );
    }
}
