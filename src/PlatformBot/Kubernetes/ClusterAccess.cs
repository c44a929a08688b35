using System.Text.Json;
using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>How one context reaches its cluster, and as whom. What can change by itself (token files, programs) stands here by its name only.</summary>
internal sealed record ClusterAccess(Uri Server)
{
    /// <summary>The name in the server's certificate, when it is not the address's.</summary>
    public string? ServerName { get; init; }

    /// <summary>The only trusted authorities; null trusts the system's.</summary>
    public string? CaPem { get; init; }

    /// <summary>Whoever answers is believed. Only for what the settings name.</summary>
    public bool Insecure { get; init; }

    /// <summary>http, https or socks5; null goes by the environment.</summary>
    public Uri? Proxy { get; init; }

    public string? Token { get; init; }

    /// <summary>Wins over <see cref="Token"/>; read again, because tokens in files are renewed.</summary>
    public string? TokenFile { get; init; }

    public string? CertificatePem { get; init; }

    public string? KeyPem { get; init; }

    /// <summary>The program that says who we are, where nothing else does.</summary>
    public CredentialPlugin? Plugin { get; init; }

    public Impersonation? As { get; init; }

    /// <summary>Where objects are that name none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Changes with anything above; tells nothing of it.</summary>
    public string Fingerprint => Sha256.Of(JsonSerializer.Serialize(this, Plain));

    private static JsonSerializerOptions Plain { get; } = new() { IgnoreReadOnlyProperties = true };

    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => Server.GetLeftPart(UriPartial.Authority);
}

/// <summary>The person whom the API server shall take us for.</summary>
internal sealed record Impersonation(
    string User,
    string? Group,
    string? Uid,
    IReadOnlyDictionary<string, string> Extra
);

/// <summary>A program that prints credentials: "exec" in a client configuration.</summary>
/// <param name="Command">as it is written; a relative path is already made whole</param>
/// <param name="Environment">besides the bot's tools' own</param>
/// <param name="InstallHint">what the configuration says to people who lack the program</param>
internal sealed record CredentialPlugin(
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    bool ProvideClusterInfo,
    string? InstallHint
)
{
    /// <summary>Arguments and variables may be secrets.</summary>
    public override string ToString() => Command;
}
