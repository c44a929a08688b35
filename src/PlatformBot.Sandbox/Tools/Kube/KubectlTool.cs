using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Tools.Kube;

/// <summary>kubectl over HTTPS, by KUBECONFIG and context like the real one.</summary>
internal sealed class KubectlTool(KubeClients clients)
{
    private const string GlobalFlags =
        "context= namespace,n= kubeconfig= all-namespaces,A output,o= selector,l= timeout= filename,f= kustomize,k= request-timeout=";

    private const string DeleteFlags = "ignore-not-found wait now force grace-period= cascade= all";

    public Tool Create()
    {
        var writing = new KubectlWrites(OpenAsync);
        var waiting = new KubectlWaits(OpenAsync);
        var reading = new KubectlReads(OpenAsync);
        var exec = new KubectlExec(OpenAsync);

        return new(
            "kubectl",
            GlobalFlags,
            "error: {0}\nSee 'kubectl --help' for usage.",
            [
                new Command("version", "client", reading.VersionAsync),
                new Command("get", "raw= ignore-not-found show-labels no-headers watch,w", reading.GetAsync),
                new Command("logs", "container,c= tail= previous,p since=", reading.LogsAsync),
                new Command("apply", "server-side field-manager= force-conflicts dry-run=", writing.ApplyAsync),
                new Command("delete", DeleteFlags, writing.DeleteAsync),
                new Command("create", "field-manager=", writing.CreateAsync),
                new Command("create job", "from=", KubectlJobs.Creating(OpenAsync)),
                new Command(
                    "annotate",
                    "overwrite field-manager=",
                    (call, flags) => writing.MarkAsync(call, flags, "annotations")
                ),
                new Command(
                    "label",
                    "overwrite field-manager=",
                    (call, flags) => writing.MarkAsync(call, flags, "labels")
                ),
                new Command("rollout restart", "", writing.RestartAsync),
                new Command("rollout status", "watch,w revision=", waiting.RolloutAsync),
                new Command("wait", "for= all", waiting.WaitAsync),
                new Command("exec", "container,c= stdin,i tty,t quiet,q", exec.RunAsync),
                new Command("config rename-context", "", RenameContextAsync),
                new Command("config current-context", "", CurrentContextAsync),
                new Command("config get-contexts", "", ContextsAsync),
                new Command("kustomize", "", KustomizeAsync),
            ]
        );
    }

    private Task<KubeAccess> OpenAsync(ToolCall call, Flags flags) =>
        KubeAccess.OpenAsync(call, clients, flags.Get("context"), flags.Get("kubeconfig"));

    private static async Task<int> RenameContextAsync(ToolCall call, Flags flags)
    {
        if (flags.Words is not [var from, var to])
            throw new ToolException("error: Unexpected args: expected OLD_CONTEXT_NAME and NEW_CONTEXT_NAME");

        var files = await KubeConfigFiles.ReadAsync(call, flags.Get("kubeconfig"));

        if (files.Rename(from, to) is not { } renamed)
        {
            var where = flags.Get("kubeconfig") ?? call.Variable("KUBECONFIG");
            throw new ToolException($"error: cannot rename the context \"{from}\", it's not in {where}");
        }

        await call.WriteAsync(renamed.Path, renamed.Text);
        call.PrintLine($"Context \"{from}\" renamed to \"{to}\".");
        return 0;
    }

    private static async Task<int> CurrentContextAsync(ToolCall call, Flags flags)
    {
        var files = await KubeConfigFiles.ReadAsync(call, flags.Get("kubeconfig"));
        call.PrintLine(files.CurrentContext ?? throw new ToolException("error: current-context is not set"));
        return 0;
    }

    private static async Task<int> ContextsAsync(ToolCall call, Flags flags)
    {
        var files = await KubeConfigFiles.ReadAsync(call, flags.Get("kubeconfig"));
        var rows = files.ContextNames.Select(name =>
            (IReadOnlyList<string>)[name == files.CurrentContext ? "*" : "", name]
        );
        call.Print(
            TextTable.Write([
                ["CURRENT", "NAME"],
                .. rows,
            ])
        );
        return 0;
    }

    private static Task<int> KustomizeAsync(ToolCall call, Flags flags)
    {
        var built = KubeManifests.Build(call, flags.Words.FirstOrDefault() ?? ".");
        call.Print(Twin.Kustomize.YamlText.Write(built.Cast<JsonNode>())[4..]);
        return Task.FromResult(0);
    }
}
