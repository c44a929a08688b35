using System.Globalization;
using System.Text;
using System.Text.Json;
using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>Starts a credential program and waits for its end.</summary>
/// <param name="info">what it is told in KUBERNETES_EXEC_INFO</param>
internal delegate Task<PluginOutput> PluginRunner(
    CredentialPlugin plugin,
    string info,
    CancellationToken cancellationToken
);

/// <summary>What a credential program printed.</summary>
/// <param name="Exit">null: it could not be started, and stderr says why</param>
internal sealed record PluginOutput(int? Exit, string Stdout, string Stderr)
{
    /// <summary>The output is the credential.</summary>
    public override string ToString() => $"exit {Exit}";
}

/// <summary>The ExecCredential that a credential program answers with.</summary>
internal static class PluginAnswer
{
    public const string Group = "client.authentication.k8s.io";

    /// <summary>Nobody sits before a bot, so it may not ask anything.</summary>
    public static string InfoFor(CredentialPlugin plugin, ClusterAccess access)
    {
        var spec = new Dictionary<string, object> { ["interactive"] = false };

        if (plugin.ProvideClusterInfo)
            spec["cluster"] = ClusterInfo(access);

        return JsonSerializer.Serialize(
            new
            {
                kind = "ExecCredential",
                apiVersion = plugin.ApiVersion,
                spec,
            }
        );
    }

    /// <summary>Until when it is good; null says for as long as the server takes it.</summary>
    public static Result<(Credential Credential, DateTimeOffset? Until)> Read(
        CredentialPlugin plugin,
        PluginOutput output
    )
    {
        var name = plugin.Command;
        var hint = plugin.InstallHint ?? $"Run {name} by hand as the bot's user to see what it lacks.";

        if (output.Exit is null)
            return new Refusal($"the credential program {name} cannot be started: {Last(output.Stderr)}", hint);

        if (output.Exit != 0)
        {
            return new Refusal(
                $"the credential program {name} failed with exit code {output.Exit}: {Last(output.Stderr)}",
                hint
            );
        }

        if (Parse(output.Stdout) is not { } answer || answer.Text("kind") != "ExecCredential")
            return new Refusal($"the credential program {name} prints no ExecCredential.", hint);

        if (answer.Text("apiVersion") is var version && version != plugin.ApiVersion)
        {
            return new Refusal(
                $"the credential program {name} answers in {version}, and the client configuration asks for {plugin.ApiVersion}.",
                "Write the version that the program speaks into the client configuration."
            );
        }

        return FromStatus(answer.At("status"), name, hint);
    }

    private static Result<(Credential Credential, DateTimeOffset? Until)> FromStatus(
        JsonElement status,
        string name,
        string hint
    )
    {
        var token = Given("token");
        var (certificate, key) = (Given("clientCertificateData"), Given("clientKeyData"));
        var written = Given("expirationTimestamp");
        var until = DateTimeOffset.TryParse(
            written,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : (DateTimeOffset?)null;

        if (certificate is null != key is null)
            return Fault("half of a client certificate: the other half is missing");

        if (token is null && certificate is null)
            return Fault("no credentials: status has neither a token nor a client certificate");

        return written is not null && until is null
            ? Fault("an expirationTimestamp that is no time")
            : (new Credential(token, certificate, key), until);

        string? Given(string field) => status.Text(field) is { Length: > 0 } value ? value : null;

        Result<(Credential Credential, DateTimeOffset? Until)> Fault(string what) =>
            new Refusal($"the credential program {name} prints {what}.", hint);
    }

    private static Dictionary<string, object> ClusterInfo(ClusterAccess access)
    {
        var cluster = new Dictionary<string, object> { ["server"] = access.Server.ToString().TrimEnd('/') };

        if (access.CaPem is { } authorities)
            cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorities));

        if (access.ServerName is { } name)
            cluster["tls-server-name"] = name;

        if (access.Proxy is { } proxy)
            cluster["proxy-url"] = proxy.ToString().TrimEnd('/');

        if (access.Insecure)
            cluster["insecure-skip-tls-verify"] = true;

        return cluster;
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Last(string text) =>
        text.Trim() is { Length: > 0 } said ? said.Split('\n')[^1].Trim() : "it says nothing";
}
