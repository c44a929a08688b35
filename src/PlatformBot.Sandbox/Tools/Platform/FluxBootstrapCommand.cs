using PlatformBot.Sandbox.Tools.Kube;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Flux;
using PlatformBot.Sandbox.Twin.Git;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.Sandbox.Tools.Platform;

/// <summary><c>flux bootstrap github</c>, step by step as the real one logs it.</summary>
internal sealed class FluxBootstrapCommand(
    TwinWorld world,
    PasswordVault vault,
    Func<ToolCall, Flags, Task<(KubeAccess Api, TwinCluster Cluster)>> openAsync
)
{
    public const string Flags =
        "owner= repository= branch= path= version= read-write-key personal private token-auth components-extra= interval=";

    private static readonly (string Kind, string ApiVersion)[] Synced =
    [
        ("GitRepository", "source.toolkit.fluxcd.io/v1"),
        ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ];

    private const string Repository = "https://github.com/monosense-io/k8s-gitops";

    public async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        Authenticate(call, flags);
        var (_, cluster) = await openAsync(call, flags);

        if (world.Faults.Strikes($"{cluster.Name}/flux-bootstrap"))
        {
            throw new ToolException(
                "► connecting to github.com\n✗ failed to get Git repository \""
                    + Repository
                    + "\": provider error: context deadline exceeded"
            );
        }

        var branch = flags.Get("branch", "main");
        var path = flags.Get("path") ?? throw new ToolException("✗ required flag(s) \"path\" not set");
        var bootstrap = new FluxBootstrap(world, cluster, branch, path, flags.Get("version", "v2.7.2"));
        var until = call.Now + flags.Duration("timeout", TimeSpan.FromMinutes(5));

        call.ComplainLine($"► connecting to github.com\n✔ repository \"{Repository}\" reconciled");
        call.ComplainLine(
            $"► cloning branch \"{branch}\" from Git repository \"{GitRemote.Url}\"\n✔ cloned repository"
        );
        call.ComplainLine("► generating component manifests\n✔ generated component manifests");
        await call.PauseAsync(TimeSpan.FromSeconds(4));
        LogPush(call, bootstrap.PushComponents(), "component", branch);
        call.ComplainLine("► installing components in \"flux-system\" namespace");
        bootstrap.InstallComponents();
        await call.PauseAsync(TimeSpan.FromSeconds(3));
        call.ComplainLine("✔ installed components\n✔ reconciled components");
        LogSecret(call, bootstrap.WriteSecret(), branch, path);
        call.ComplainLine("► generating sync manifests\n✔ generated sync manifests");
        LogPush(call, bootstrap.PushSync(), "sync", branch);
        call.ComplainLine("► applying sync manifests");
        bootstrap.ApplySync();
        call.ComplainLine("✔ reconciled sync configuration");
        await WaitAsync(call, cluster, until);
        return 0;
    }

    private void Authenticate(ToolCall call, Flags flags)
    {
        var token = call.Variable("GITHUB_TOKEN");

        if (token.Length == 0)
        {
            call.Print("Please enter your GitHub personal access token (PAT): ");
            throw new ToolException("✗ could not read token: inappropriate ioctl for device");
        }

        if (!vault.Find("Infra", "github-flux").Any(item => item.Fields.GetValueOrDefault("token") == token))
        {
            throw new ToolException(
                $"► connecting to github.com\n✗ failed to get Git repository \"{Repository}\": provider error: "
                    + "GET https://api.github.com/repos/monosense-io/k8s-gitops: 401 Bad credentials []"
            );
        }

        if (flags.IsOn("personal"))
        {
            throw new ToolException(
                $"► connecting to github.com\n✗ failed to get Git repository \"{Repository}\": the specified owner "
                    + $"'{flags.Get("owner")}' doesn't match the identity associated with the given token"
            );
        }

        if (flags.Get("owner") != "monosense-io" || flags.Get("repository") != "k8s-gitops")
        {
            throw new ToolException(
                $"► connecting to github.com\n✗ failed to get Git repository \"https://github.com/{flags.Get("owner")}/{flags.Get("repository")}\": "
                    + "provider error: 404 Not Found []"
            );
        }
    }

    private static void LogPush(ToolCall call, GitPush push, string what, string branch)
    {
        if (push.Rejection is not null)
        {
            throw new ToolException(
                $"✗ failed to push manifests: failed to push to remote: non-fast-forward update: refs/heads/{branch}"
            );
        }

        if (push.Commit is null)
        {
            call.ComplainLine($"✔ {what} manifests are up to date");
            return;
        }

        call.ComplainLine($"✔ committed {what} manifests to \"{branch}\" (\"{push.Commit.Sha}\")");
        call.ComplainLine($"► pushing {what} manifests to \"{GitRemote.Url}\"");
    }

    private static void LogSecret(ToolCall call, bool isNew, string branch, string path)
    {
        call.ComplainLine("► determining if source secret \"flux-system/flux-system\" exists");

        if (!isNew)
        {
            call.ComplainLine("✔ source secret up to date");
            return;
        }

        call.ComplainLine("► generating source secret\n✔ public key: ecdsa-sha2-nistp384 sandbox");
        call.ComplainLine(
            $"✔ configured deploy key \"flux-system-{branch}-flux-system-./{path}\" for \"{Repository}\""
        );
        call.ComplainLine("► applying source secret \"flux-system/flux-system\"\n✔ reconciled source secret");
    }

    private static async Task WaitAsync(ToolCall call, TwinCluster cluster, DateTimeOffset until)
    {
        var failures = new List<string>();

        foreach (var (kind, apiVersion) in Synced)
        {
            call.ComplainLine($"◎ waiting for {kind} \"flux-system/flux-system\" to be reconciled");
            var key = new ObjectKey(apiVersion, kind, "flux-system", "flux-system");

            if (await FailureAsync(call, cluster, key, until) is { } failure)
            {
                call.ComplainLine($"✗ {failure}");
                failures.Add($"error while waiting for {kind} to be ready: '{failure}'");
            }
            else
            {
                call.ComplainLine($"✔ {kind} reconciled successfully");
            }
        }

        failures.AddRange(await ConfirmAsync(call, cluster, until));

        if (failures.Count > 0)
        {
            throw new ToolException(
                $"✗ bootstrap failed with {failures.Count} health check failure(s): [{string.Join(", ", failures)}]"
            );
        }

        call.ComplainLine("✔ all components are healthy");
    }

    private static async Task<List<string>> ConfirmAsync(ToolCall call, TwinCluster cluster, DateTimeOffset until)
    {
        var failures = new List<string>();
        call.ComplainLine("► confirming components are healthy");

        while (!FluxBootstrap.AreComponentsReady(cluster) && call.Now < until)
            await call.PauseAsync(TimeSpan.FromSeconds(2));

        foreach (var controller in cluster.Objects.List("apps/v1", "Deployment", "flux-system"))
        {
            if (FluxObjects.IsAvailable(controller))
                call.ComplainLine($"✔ {KubeTargets.Name(controller)}: deployment ready");
            else
                failures.Add($"{KubeTargets.Name(controller)}: deployment not ready");
        }

        return failures;
    }

    /// <summary>Waits until an object is Ready; its message when it is not in time, or when its build fails.</summary>
    private static async Task<string?> FailureAsync(
        ToolCall call,
        TwinCluster cluster,
        ObjectKey key,
        DateTimeOffset until
    )
    {
        while (true)
        {
            var ready = FluxObjects.Condition(cluster.Objects.Get(key), "Ready");

            if ((string?)ready?["status"] == "True")
                return null;

            if ((string?)ready?["reason"] == "BuildFailed" || call.Now >= until)
                return (string?)ready?["message"] ?? "context deadline exceeded";

            await call.PauseAsync(TimeSpan.FromSeconds(2));
        }
    }
}
