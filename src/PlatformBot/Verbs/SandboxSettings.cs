using PlatformBot.Sandbox;

namespace PlatformBot.Verbs;

/// <summary>The bot's settings for a life in the sandbox: the same ones that appsettings.json explains.</summary>
internal static class SandboxSettings
{
    /// <param name="root">holds <c>commands/</c> and <c>deploy/</c></param>
    public static IReadOnlyDictionary<string, string?> For(SandboxWorld world, string root, string folder) =>
        new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Mattermost:Url"] = $"{world.Chat.BaseUri}",
            ["Mattermost:Token"] = world.Chat.BotToken,
            ["Mattermost:Team"] = world.Chat.TeamName,
            ["Mattermost:Channel"] = "ops",
            ["Mattermost:SigningKeyFile"] = Path.Combine(folder, "mattermost.key"),
            ["Mattermost:CardInterval"] = "00:00:00.3",
            ["GitHub:Enabled"] = "true",
            ["GitHub:ApiUrl"] = $"{world.Tracker.BaseUri}",
            ["GitHub:Repository"] = world.Tracker.Repository,
            ["GitHub:Token"] = world.Tracker.Token,
            ["Access:Roles:viewer:0"] = "*",
            ["Access:Roles:operator:0"] = "ada",
            ["Access:Roles:operator:1"] = "linus",
            ["Access:Roles:approver:0"] = "ada",
            ["Access:Roles:approver:1"] = "grace",
            ["Access:Roles:approver:2"] = "linus",
            ["Access:Refresh"] = "00:00:10",
            ["Paths:Root"] = root,
            ["Paths:Repository"] = world.Checkout,
            ["Paths:Runtime"] = world.Runtime,
            ["Storage:Journal"] = Path.Combine(folder, "journal.sqlite"),
            ["Tools:Path"] = $"{world.Tools.Folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
            ["Tools:RuntimeDirectory"] = world.Runtime,
            ["Tools:WorkingDirectory"] = root,
            ["Tools:OpTokenFile"] = Path.Combine(folder, "op-token"),
            ["Kubernetes:Kubeconfig:0"] = Path.Combine(world.Runtime, "kube", "infra"),
            ["Kubernetes:Kubeconfig:1"] = Path.Combine(world.Runtime, "kube", "apps"),
            ["Shutdown:Grace"] = "00:00:00",
            // The sandbox's clock runs fast, its answers do not.
            ["Kubernetes:Timeout"] = "00:05:00",
            ["Kubernetes:DiagnosisTimeout"] = "00:10:00",
        };
}
