using System.Collections;
using PlatformBot.Core;

namespace PlatformBot.Cli;

/// <summary>
/// What a tool sees: the path, a home, a private temporary folder, the clusters' client configurations, what its file allows, and
/// nothing else of the bot's own environment, which holds tokens of the chat server and the tracker.
/// </summary>
/// <param name="own">the bot's own environment</param>
/// <param name="kubeconfig">files joined by ':'</param>
internal sealed class ToolEnvironment(
    ToolsOptions options,
    ToolKnowledge tools,
    IReadOnlyDictionary<string, string> own,
    string kubeconfig
)
{
    public const string OpToken = "OP_SERVICE_ACCOUNT_TOKEN";

    /// <summary>The bot's environment as it was started.</summary>
    public static IReadOnlyDictionary<string, string> OfThisProcess() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    public Dictionary<string, string> For(string tool, IReadOnlyDictionary<string, string> secrets)
    {
        var temporary = Path.Combine(options.RuntimeDirectory, "tmp");
        OwnerOnly.CreateFolder(options.RuntimeDirectory);
        OwnerOnly.CreateFolder(temporary);

        var environment = new Dictionary<string, string>
        {
            ["PATH"] = options.Path ?? own.GetValueOrDefault("PATH", ""),
            ["HOME"] = own.GetValueOrDefault("HOME", options.RuntimeDirectory),
            ["KUBECONFIG"] = kubeconfig,
            ["TMPDIR"] = temporary,
            ["LANG"] = "C.UTF-8",
        };

        foreach (var (name, value) in options.Environment)
            environment[name] = value;

        foreach (var name in tools.Environment(tool).Concat(RuntimeVariables(tool)))
        {
            if (Own(name) is { } value)
                environment[name] = value;
        }

        foreach (var (name, value) in secrets)
            environment[name] = value;

        return environment;
    }

    /// <summary>The bot's own variable; 1Password's token may stand in a file instead.</summary>
    public string? Own(string name)
    {
        if (name == OpToken && options.OpTokenFile is { } file && File.Exists(file))
            return File.ReadAllText(file).Trim();

        return own.GetValueOrDefault(name);
    }

    /// <summary>The bot, run as a tool, must find its runtime where the bot found it.</summary>
    private IEnumerable<string> RuntimeVariables(string tool) =>
        tool == "platformbot" ? own.Keys.Where(name => name.StartsWith("DOTNET_", StringComparison.Ordinal)) : [];
}
