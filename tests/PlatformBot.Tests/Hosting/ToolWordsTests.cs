using System.Text.RegularExpressions;
using PlatformBot.Core.Runs;
using PlatformBot.Tests.Platform;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Runs.Verdict;

namespace PlatformBot.Tests.Hosting;

/// <summary>What the tools' files in commands/tools make of what the tools print, through real processes that print it.</summary>
public sealed partial class ToolWordsTests : IDisposable
{
    private readonly RecordedTools _tools = new();

    // csharpier-ignore-start - one answer per row: command, exit code, what it printed, what follows
    public static TheoryData<string, int, string, Verdict> Answers =>
        new()
        {
            { "talosctl bootstrap", 0, "", Done },
            { "talosctl bootstrap", 1, "error executing bootstrap: rpc error: code = AlreadyExists desc = etcd data directory is not empty", AlreadyThere },
            { "talosctl --nodes 10.25.11.11 bootstrap", 1, "error executing bootstrap: rpc error: code = FailedPrecondition desc = bootstrap is not available yet", Retry },
            { "talosctl bootstrap", 1, "error executing bootstrap: rpc error: code = FailedPrecondition desc = time is not in sync yet", Retry },
            { "talosctl bootstrap", 1, "command \"bootstrap\" is not supported with multiple nodes", Failed },
            { "talosctl etcd members", 1, "error getting members: rpc error: code = Unknown desc = error building etcd client: context deadline exceeded", Retry },
            { "talosctl service etcd", 1, "rpc error: code = Unknown desc = etcd data directory is not empty", Retry },   // said of another command, it means nothing
            { "talosctl version --short", 1, "error getting version: rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp 10.25.11.16:50000: connect: connection refused\"", Retry },
            { "talosctl version --short", 1, "error getting version: rpc error: code = Unavailable desc = connection error: desc = \"transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \\\"x509: Ed25519 verification failure\\\")\"", Failed },
            { "talosctl version --short", 1, "rpc error: code = Unavailable desc = dial tcp 10.25.11.16:50000: i/o timeout", Retry },
            { "talosctl version --short", 1, "rpc error: code = Unavailable desc = dial tcp 10.25.11.16:50000: connect: no route to host", Retry },
            { "talosctl --context infra version", 1, "error constructing client: context \"infra\" not found in config", Failed },
            { "talosctl config context apps", 1, "context \"apps\" is not defined", Failed },
            { "talosctl version", 1, "error constructing client: failed to determine endpoints", Failed },
            { "talosctl validate --mode metal", 1, "1 error occurred:\n\t* either install disk or diskSelector should be defined", Failed },
            { "talosctl apply-config --insecure", 1, "error applying new configuration: rpc error: code = Unavailable desc = connection error: desc = \"error reading server preface: remote error: tls: certificate required\"", Failed },
            { "talosctl apply-config --insecure --mode=staged", 1, "error applying new configuration: rpc error: code = Unimplemented desc = apply configuration --mode='staged' is not supported in maintenance mode", Failed },
            { "talosctl apply-config --file /dev/stdin", 1, "no configuration data read", Failed },
            { "talosctl apply-config --mode=staged", 1, "error applying new configuration: rpc error: code = InvalidArgument desc = configuration validation failed: 1 error occurred:", Failed },
            { "talosctl reset --user-disks-to-wipe /dev/nvme9n1", 1, "error executing reset: rpc error: code = Unknown desc = reset user disk failed: device /dev/nvme9n1 wasn't found", AskPerson },
            { "talosctl reset --user-disks-to-wipe /dev/sda", 1, "error executing reset: rpc error: code = Unknown desc = reset user disk failed: device /dev/sda is the system disk", AskPerson },
            { "talosctl wipe disk nvme0n1", 1, "1 error occurred:\n\t* 10.25.11.11: rpc error: code = FailedPrecondition desc = blockdevice \"nvme0n1\" is in use by volume \"u-openebs\"", AskPerson },
            { "talosctl -n 10.25.11.11 upgrade --image x:v1.11.3 --wait=false", 1, "error performing upgrade: rpc error: code = Unknown desc = error validating etcd for upgrade: etcd member 71c0de55aa90112f is not healthy; all members must be healthy to perform an upgrade: context deadline exceeded", AskPerson },
            { "talosctl -n 10.25.11.11 image pull x:v1.11.99", 1, "error pulling image: rpc error: code = NotFound desc = failed to pull image \"x:v1.11.99\": failed to resolve reference \"x:v1.11.99\": x:v1.11.99: not found", Failed },
            { "talosctl -n 10.25.11.11 upgrade-k8s --to 1.36.0", 1, "unsupported upgrade path 1.34->1.36 (from \"1.34.1\" to \"1.36.0\")", Failed },
            { "talosctl -n 10.25.11.11 upgrade-k8s --to 1.35.0", 1, "version of Kubernetes 1.35.0 is too new to be used with Talos 1.11.2", Failed },
            { "talosctl -n 10.25.11.11 disks", 1, "`talosctl disks` is deprecated, please use `talosctl get disks`, `talosctl get systemdisk` instead", Failed },
            { "talosctl version", 1, "words that nobody has explained", Retry },

            { "helm upgrade --install cilium", 0, "Release \"cilium\" does not exist. Installing it now.", Done },
            { "helm upgrade --install cilium", 1, "Error: execution error at (cilium/templates/validate.yaml:24:5): proxy.prometheus.enabled and proxy.prometheus.port were deprecated", Failed },
            { "helm upgrade --install coredns", 1, "Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: \"coredns\": no matches for kind \"ServiceMonitor\"\nensure CRDs are installed first", Failed },
            { "helm upgrade --install coredns --wait", 1, "Error: context deadline exceeded", Retry },
            { "helm upgrade --install coredns --wait", 1, "Error: timed out waiting for the condition", Retry },
            { "helm upgrade --install cilium", 1, "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress", AskPerson },
            { "helm upgrade --install cilium", 1, "Error: looks like \"https://helm.cilium.io/\" is not a valid chart repository or cannot be reached: no such host", Retry },
            { "helm upgrade --install cilium --version 9.9.9", 1, "Error: chart \"cilium\" matching 9.9.9 not found in cilium index. (try 'helm repo update'): no chart version found for cilium-9.9.9", Failed },
            { "helm list", 1, "Error: Kubernetes cluster unreachable: Get \"https://infra:6443/version\": dial tcp 10.25.11.17:6443: connect: connection refused", Retry },

            { "kubectl --context infra get --raw /readyz", 1, "The connection to the server infra:6443 was refused - did you specify the right host or port?", Retry },
            { "kubectl --context infra get nodes", 1, "Error in configuration: context was not found for specified context: infra", Failed },
            { "kubectl --context infra get nodes", 1, "error: context \"infra\" does not exist", Failed },
            { "kubectl config rename-context admin@infra infra", 1, "error: cannot rename the context \"admin@infra\", it's not in /run/platformbot/kube/infra", AlreadyThere },
            { "kubectl apply -f release.yaml", 1, "error: resource mapping not found for name: \"cilium\": no matches for kind \"HelmRelease\" in version \"helm.toolkit.fluxcd.io/v2\"\nensure CRDs are installed first", Failed },
            { "kubectl get kustomizations", 1, "error: no matches for kind \"Kustomization\" in version \"kustomize.toolkit.fluxcd.io/v1\"", Failed },
            { "kubectl apply --server-side", 1, "error: Apply failed with 1 conflict: conflict with \"helm\" using apps/v1: .spec.replicas", AskPerson },
            { "kubectl apply -f pod.yaml", 1, "Error from server (Forbidden): pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": privileged", Failed },
            { "kubectl get nodes", 1, "Unable to connect to the server: dial tcp 10.25.11.17:6443: i/o timeout", Retry },
            { "kubectl get nodes", 1, "Unable to connect to the server: dial tcp 10.25.11.17:6443: connect: no route to host", Retry },
            { "kubectl get nodes", 1, "Unable to connect to the server: dial tcp 10.25.11.17:6443: connect: connection refused", Retry },
            { "kubectl get --raw /api/v1/namespaces/x/services/y/proxy/", 1, "Error from server (ServiceUnavailable): no endpoints available for service \"vmsingle:8428\"", Retry },
            { "kubectl exec deploy/frontend -- curl http://backend-infra", 6, "curl: (6) Could not resolve host: backend-infra\ncommand terminated with exit code 6", Retry },
            { "kubectl exec deploy/frontend -- curl http://backend-infra", 22, "curl: (22) The requested URL returned error: 504\ncommand terminated with exit code 22", Retry },
            { "kubectl wait node --all", 1, "timed out waiting for the condition on nodes/infra-02", Retry },
            { "kubectl wait deployment --selector app=rook-ceph-osd --for=delete --timeout=1s", 1, "error: timed out waiting for the condition on deployments/rook-ceph-osd-0", AskPerson },
            { "kubectl wait cephclusters.ceph.rook.io/rook-ceph --for=delete --timeout=1s", 1, "error: timed out waiting for the condition on cephclusters/rook-ceph", AskPerson },
            { "flux --namespace gitlab reconcile helmrelease gitlab --reset", 1, "✗ helmreleases.helm.toolkit.fluxcd.io \"gitlab\" not found", AlreadyThere },
            { "flux --namespace gitlab reconcile helmrelease gitlab --reset", 1, "✗ context deadline exceeded", AlreadyThere },

            { "velero backup delete smoke --confirm", 1, "An error occurred: backups.velero.io \"smoke\" not found", AlreadyThere },
            { "velero restore delete smoke --confirm", 1, "An error occurred: restores.velero.io \"smoke\" not found", AlreadyThere },
            { "velero backup create smoke --wait", 1, "An error occurred: backups.velero.io \"smoke\" already exists", AskPerson },
            { "velero backup get smoke", 1, "An error occurred: no matches for kind \"Backup\" in version \"velero.io/v1\"", Failed },
            { "velero backup get --context infra", 1, "Error: unknown flag: --context", Failed },
            { "velero backup get smoke", 1, "An error occurred: client rate limiter Wait returned an error: context deadline exceeded", Retry },
            { "velero backup get smoke", 1, "An error occurred: dial tcp 10.25.11.17:6443: connect: connection refused", Retry },
            { "velero backup get smoke", 1, "An error occurred: dial tcp 10.25.11.17:6443: i/o timeout", Retry },

            { "kubectl --context apps wait namespace/harbor-restore --for=delete --timeout=1s", 1, "error: timed out waiting for the condition on namespaces/harbor-restore", AskPerson },
            { "kubectl --context infra --namespace databases wait clusters.postgresql.cnpg.io/postgres-restore --for=delete --timeout=1s", 1, "error: timed out waiting for the condition on clusters/postgres-restore", AskPerson },
            { "age --encrypt --output closed snapshot", 1, "age: error: missing recipients", AskPerson },
            { "age --encrypt --recipients-file recipient snapshot", 1, "age: error: failed to parse recipient file \"recipient\": malformed recipient at line 1", AskPerson },
            { "age --encrypt --recipients-file recipient snapshot", 1, "age: error: failed to open input file \"snapshot\": open snapshot: no such file or directory", Failed },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : Failed to copyto: operation error S3: PutObject, https response error StatusCode: 403, api error InvalidAccessKeyId: The Access Key Id you provided does not exist in our records.", AskPerson },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : Failed to copyto: operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: Access Denied.", AskPerson },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : Failed to copyto: operation error S3: PutObject, https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist", AskPerson },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : closed: corrupted on transfer: md5 hashes differ", Retry },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : request send failed, Put \"http://10.25.11.3:9000/velero-backups/x\": dial tcp 10.25.11.3:9000: connect: no route to host", Retry },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : request send failed: dial tcp 10.25.11.3:9000: connect: connection refused", Retry },
            { "rclone copyto closed :s3:velero-backups/x", 1, "ERROR : request send failed: dial tcp 10.25.11.3:9000: i/o timeout", Retry },

            { "flux check --pre", 0, "► checking prerequisites\n✔ prerequisites checks passed", Done },
            { "flux check --pre", 1, "► checking prerequisites\n✗ Kubernetes version 1.31.2 does not match >=1.32.0-0", Failed },
            { "flux check --pre", 1, "► checking prerequisites\n✗ Kubernetes API call failed: Get \"https://infra:6443/version\": EOF", Retry },
            { "flux bootstrap github", 1, "✗ could not read token: inappropriate ioctl for device", Failed },
            { "flux bootstrap github", 1, "✗ failed to get Git repository: provider error: GET https://api.github.com/repos/x/y: 401 Bad credentials []", AskPerson },
            { "flux bootstrap github --personal", 1, "✗ failed to get Git repository: the specified owner 'x' doesn't match the identity associated with the given token", Failed },
            { "flux bootstrap github", 1, "✗ failed to push manifests: failed to push to remote: non-fast-forward update: refs/heads/main", Retry },
            { "flux reconcile kustomization flux-system", 1, "✗ Kustomization reconciliation failed: 'kustomize build failed: accumulating resources'", Failed },
            { "flux reconcile kustomization apps", 1, "✗ Kustomization reconciliation failed: no matches for kind \"Cluster\" in version \"postgresql.cnpg.io/v1\"", Retry },
            { "flux reconcile helmrelease cilium", 1, "✗ HelmRelease reconciliation failed: terminal error: RetriesExceeded", AskPerson },
            { "flux reconcile source git flux-system", 1, "◎ waiting for GitRepository reconciliation\n✗ context deadline exceeded", Retry },
            { "flux get kustomizations", 1, "✗ dial tcp 10.25.11.17:6443: connect: connection refused", Retry },

            { "cilium --context infra status --wait", 1, "Error: Unable to determine status:  timeout while waiting for status to become successful: context deadline exceeded", Retry },
            { "cilium --context infra status", 1, "Error: Unable to create Kubernetes client: context \"infra\" does not exist", Failed },
            { "cilium --context infra bgp peers", 1, "Error: dial tcp 10.25.11.17:6443: connect: connection refused", Retry },

            { "linkerd --context infra check --pre --output json", 0, """{"success": true, "categories": []}""", Done },
            { "linkerd --context infra check --pre --output json", 1, """{"success": false, "categories": [{"checks": [{"error": "The \"linkerd\" namespace already exists", "result": "error"}]}]}""", AlreadyThere },
            { "linkerd --context infra check --output json", 1, """{"success": false, "categories": [{"checks": [{"error": "secrets \"linkerd-identity-issuer\" not found", "result": "error"}]}]}""", Failed },
            { "linkerd --context infra check --output json", 1, """{"success": false, "categories": [{"checks": [{"error": "No running pods for \"linkerd-identity\"", "result": "error"}]}]}""", Retry },
            { "linkerd install --crds", 1, "The Gateway API CRDs must be installed prior to installing Linkerd. Run:", Failed },
            { "linkerd multicluster link-gen --cluster-name infra", 1, "gateway linkerd-gateway.linkerd-multicluster has no ingress addresses", Retry },
            { "linkerd viz check", 1, "Error: context deadline exceeded", Retry },
            { "linkerd check", 1, "Get \"https://infra:6443/version\": dial tcp 10.25.11.17:6443: connect: connection refused", Retry },

            { "git commit -m x", 1, "nothing to commit, working tree clean", AlreadyThere },
            { "git commit -m x", 1, "Untracked files:\n\tnotes.txt\nnothing added to commit but untracked files present", AskPerson },
            { "git push origin HEAD:main", 1, "! [rejected]        HEAD -> main (fetch first)\nerror: failed to push some refs", Retry },
            { "git push origin HEAD:main", 1, "! [rejected]        HEAD -> main (non-fast-forward)\nerror: failed to push some refs", Retry },
            { "git push origin HEAD:main", 1, "! [remote rejected] HEAD -> main (protected branch hook declined)", AskPerson },
            { "git pull --rebase", 1, "CONFLICT (content): Merge conflict in clusters/infra/kustomization.yaml", AskPerson },
            { "git pull --rebase", 128, "error: cannot pull with rebase: You have unstaged changes.", AskPerson },
            { "git fetch", 128, "fatal: Authentication failed for 'https://github.com/x/y.git/'", AskPerson },
            { "git fetch", 128, "ssh: Could not resolve host github.com: Temporary failure in name resolution", Retry },
            { "git fetch", 128, "fatal: unable to access 'https://github.com/x/y.git/': Failed to connect", Retry },

            { "op whoami", 1, "[ERROR] 2026/11/20 21:05:06 You are not currently signed in. Please run `op signin`.", AskPerson },
            { "op vault get Prod", 1, "[ERROR] 2026/11/20 21:05:06 invalid service account token", AskPerson },
            { "op vault get Prod", 1, "[ERROR] 2026/11/20 21:05:06 (403) Forbidden (Service Account Deleted), Your service account has been deleted.", AskPerson },
            { "op item create --vault Prod -", 1, "[ERROR] 2026/11/20 21:05:06 (403) Forbidden: You do not have permission to perform this action.", AskPerson },
            { "op vault get Infra", 1, "[ERROR] 2026/11/20 21:05:06 \"Infra\" isn't a vault in this account. Specify the vault with its ID or name.", AskPerson },
            { "op item get infra-talos --vault Prod", 1, "[ERROR] 2026/11/20 21:05:06 \"infra-talos\" isn't an item in the \"Prod\" vault.", AskPerson },
            { "op item get infra-talos --vault Prod", 1, "[ERROR] 2026/11/20 21:05:06 More than one item matches \"infra-talos\". Try again and specify the item by its ID:", AskPerson },
            { "op inject", 1, "[ERROR] 2026/11/20 21:05:06 could not resolve item UUID for item infra-talos: could not find item infra-talos in vault v", Failed },
            { "op inject", 1, "[ERROR] 2026/11/20 21:05:06 could not read secret 'op://Prod/infra-talos/CLUSTER_ID': item 'Prod/infra-talos' does not have a field 'CLUSTER_ID'", Failed },
            { "op inject", 1, "[ERROR] 2026/11/20 21:05:06 invalid secret reference 'op://Prod/infra-talos': too few '/'", Failed },
            { "op inject", 1, "[ERROR] 2026/11/20 21:05:06 dial tcp: i/o timeout", Retry },
            { "op inject", 1, "[ERROR] 2026/11/20 21:05:06 dial tcp 10.0.0.1:443: connect: connection refused", Retry },

            { "minijinja-cli --strict x.j2", 1, "error: undefined value (in machineconfig.yaml.j2:16)", Failed },
            { "minijinja-cli --strict nowhere.j2", 1, "error: template not found: template \"nowhere.j2\" does not exist", Failed },
            { "minijinja-cli --strict x.j2", 1, "error: syntax error: unexpected end of input, expected end of block (in x.j2:2)", Failed },

            { "yq . missing.yaml", 1, "Error: open missing.yaml: no such file or directory", Failed },
        };
    // csharpier-ignore-end

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_tools_words_say_what_follows(string command, int exit, string printed, Verdict verdict)
    {
        var outcome = await _tools.RunAsync(command, exit, printed);

        outcome.Verdict.ShouldBe(verdict);
        outcome.ExitCode.ShouldBe(exit);
        outcome.Command.ShouldBe(command);
    }

    [Fact]
    public async Task What_means_something_to_people_is_explained_to_them()
    {
        var outcome = await _tools.RunAsync("git push", 1, "! [remote rejected] (protected branch hook declined)");

        outcome.Said.ShouldBe("exit 1: ! [remote rejected] (protected branch hook declined)");
        outcome.Explanation.ShouldBe("main is protected. Let the bot push, or push for it, then retry.");
    }

    [Fact]
    public async Task What_a_sensitive_command_prints_is_understood_and_not_shown()
    {
        var outcome = await _tools.RunAsync("op inject", 1, "could not find item infra-talos, token hunter2");

        outcome.Verdict.ShouldBe(Failed);
        outcome.Said.ShouldBe("exit 1 (its output is sensitive and was not kept)");
        outcome.Output.ShouldBe("");
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_not_tried_again()
    {
        var outcome = await _tools.RunMissingAsync("helmfile sync");

        (outcome.Verdict, outcome.ExitCode).ShouldBe((Failed, 127));
    }

    [Fact]
    public void Every_word_in_the_tools_files_has_an_answer_here()
    {
        var heard = Answers.Select(row => row.Data).ToList();

        foreach (var file in Repository.Files("commands/tools"))
        {
            foreach (Match word in Word().Matches(File.ReadAllText(file)))
            {
                var tool = Path.GetFileNameWithoutExtension(file);
                var text = word.Groups["text"].Value.Replace("\\\"", "\"", StringComparison.Ordinal);

                heard.ShouldContain(
                    row =>
                        row.Item1.StartsWith($"{tool} ", StringComparison.Ordinal)
                        && row.Item3.Replace("\\\"", "\"", StringComparison.Ordinal)
                            .Contains(text, StringComparison.OrdinalIgnoreCase),
                    $"{tool}: {text}"
                );
            }
        }
    }

    public void Dispose() => _tools.Dispose();

    [GeneratedRegex(
        """- \{ text: ("(?<text>([^"\\]|\\.)*)"|(?<text>[^,]*)),""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Word();
}
