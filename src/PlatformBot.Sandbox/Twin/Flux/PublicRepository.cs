namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>A repository on GitHub that is not the platform's own, at the one tag that the twin knows of it.</summary>
internal sealed record PublicRepository(string Url, string Tag, string Sha, IReadOnlyDictionary<string, string> Tree)
{
    private static readonly PublicRepository[] All =
    [
        new(GatewayApi.Repository, GatewayApi.Tag, GatewayApi.Sha, GatewayApi.Tree),
        new(KeycloakResources.Repository, KeycloakResources.Tag, KeycloakResources.Sha, KeycloakResources.Tree),
    ];

    public static PublicRepository? At(string url) =>
        Array.Find(All, one => url.TrimEnd('/') == one.Url || url == $"{one.Url}.git");

    public static PublicRepository? With(string sha) => Array.Find(All, one => one.Sha == sha);
}
