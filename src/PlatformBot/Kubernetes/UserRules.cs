using PlatformBot.Core;
using YamlDotNet.RepresentationModel;

namespace PlatformBot.Kubernetes;

/// <summary>What a "user" of a client configuration may say.</summary>
internal static class UserRules
{
    private const string Beta = $"{PluginAnswer.Group}/v1beta1";

    private static readonly string[] Versions = [$"{PluginAnswer.Group}/v1", Beta];
    private static readonly string[] Modes = ["Never", "IfAvailable", "Always"];
    private static readonly string[] ForSomebody = ["as-groups", "as-uid", "as-user-extra"];

    /// <summary>Fields that API servers have not known for years: a server would take us for nobody.</summary>
    private static readonly string[] Dead = ["username", "password", "auth-provider"];

    /// <param name="plugins">programs that the settings allow</param>
    public static Result<ClusterAccess> Read(
        ClusterAccess access,
        KubeconfigEntry user,
        PemFields pems,
        IReadOnlyList<string> plugins
    )
    {
        if (Array.Find(Dead, user.Has) is { } dead)
        {
            return new Refusal(
                $"{user} has {dead}, which API servers do not take any more.",
                "Give a token, a client certificate or exec."
            );
        }

        if (!pems.ReadPair(user).Ok(out var pair, out var refusal))
            return refusal;

        if (!PersonOf(user).Ok(out var person, out refusal))
            return refusal;

        access = access with
        {
            Token = user.Text("token"),
            TokenFile = user.PathOf("tokenFile"),
            CertificatePem = pair.Certificate,
            KeyPem = pair.Key,
            As = person.Value,
        };

        // As in kubectl, the program is only for those who have nothing else.
        return access is { Token: null, TokenFile: null, CertificatePem: null }
            ? WithPlugin(access, user, plugins)
            : access;
    }

    private static Result<ClusterAccess> WithPlugin(
        ClusterAccess access,
        KubeconfigEntry user,
        IReadOnlyList<string> allowed
    )
    {
        if (user.Mapping("exec") is not { } exec)
        {
            return new Refusal(
                $"{user} has no credentials.",
                "Give a token, a tokenFile, a client certificate or exec."
            );
        }

        if (!PluginOf(user, exec, allowed).Ok(out var plugin, out var refusal))
            return refusal;

        return access with
        {
            Plugin = plugin,
        };
    }

    private static Result<CredentialPlugin> PluginOf(
        KubeconfigEntry user,
        YamlMappingNode exec,
        IReadOnlyList<string> allowed
    )
    {
        var version = Text("apiVersion") ?? "";
        var mode = Text("interactiveMode") ?? (version == Beta ? "IfAvailable" : null);

        if (Text("command") is not { } written)
            return new Refusal($"exec of {user} has no command.", "Write the program's name into it.");

        var command = written.Contains('/', StringComparison.Ordinal) ? user.FromHere(written) : written;

        if (!Versions.Contains(version))
            return Fault($"asks for the version '{version}'", $"It is one of {string.Join(", ", Versions)}.");

        if (mode is null || !Modes.Contains(mode))
            return Fault("does not say how it asks people (interactiveMode)", "Write Never or IfAvailable.");

        if (mode == "Always")
            return Fault("always asks a person, and nobody sits before a bot", "Use a program that can do without.");

        if (!allowed.Contains(command))
        {
            return Fault(
                $"starts {command}, and a configuration file does not decide what runs here",
                $"If it is to be trusted, write {command} into the setting Kubernetes:ExecPlugins."
            );
        }

        return new CredentialPlugin(
            version,
            command,
            KubeconfigEntry.TextsOf(KubeconfigEntry.Child(exec, "args")),
            VariablesOf(exec),
            Text("provideClusterInfo") == "true",
            Text("installHint")
        );

        string? Text(string field) => KubeconfigEntry.TextOf(KubeconfigEntry.Child(exec, field));

        Refusal Fault(string what, string cure) => new($"exec of {user} {what}.", cure);
    }

    private static Dictionary<string, string> VariablesOf(YamlMappingNode exec) =>
        (KubeconfigEntry.Child(exec, "env") as YamlSequenceNode ?? [])
            .OfType<YamlMappingNode>()
            .Where(item => KubeconfigEntry.TextOf(KubeconfigEntry.Child(item, "name")) is not null)
            .GroupBy(item => KubeconfigEntry.TextOf(KubeconfigEntry.Child(item, "name"))!)
            .ToDictionary(
                group => group.Key,
                group => KubeconfigEntry.TextOf(KubeconfigEntry.Child(group.Last(), "value")) ?? ""
            );

    private static Result<Person> PersonOf(KubeconfigEntry user)
    {
        if (user.Text("as") is not { } name)
        {
            return Array.Find(ForSomebody, user.Has) is { } alone
                ? new Refusal($"{user} has {alone} and does not say as whom.", "Write the name into 'as'.")
                : new Person(null);
        }

        var groups = KubeconfigEntry.TextsOf(KubeconfigEntry.Child(user.Body, "as-groups"));
        var extra = (user.Mapping("as-user-extra") ?? []).Children.ToDictionary(
            pair => KubeconfigEntry.TextOf(pair.Key) ?? "",
            pair => KubeconfigEntry.TextsOf(pair.Value)
        );

        // A header of several lines is more than .NET can send.
        if (groups.Count > 1 || extra.Values.Any(values => values.Count > 1))
        {
            return new Refusal(
                $"{user} acts for somebody with more than one group, or more than one value of an extra, which the bot cannot send.",
                "Give one, or bind the roles to the person in 'as'."
            );
        }

        var single = extra.Where(pair => pair.Value.Count == 1).ToDictionary(pair => pair.Key, pair => pair.Value[0]);
        return new Person(new(name, groups is [var group] ? group : null, user.Text("as-uid"), single));
    }

    private sealed record Person(Impersonation? Value);
}
