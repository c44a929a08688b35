namespace PlatformBot.Sandbox;

/// <summary>Every fault that the sandbox knows: how its name is written, and what then goes wrong.</summary>
public static class FaultCatalogue
{
    /// <summary>In order of what happens when. CLUSTER is infra or apps; NODE is infra-01 to apps-03.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> All { get; } =
    [
        ("TOOL/missing", "a command line tool is not on PATH (armed before the start)"),
        ("op/signed-out", "1Password does not know the service account"),
        ("git/push-rejected", "somebody else pushed to the GitOps repository first"),
        ("NODE/does-not-return", "a machine stays away after its reboot until the fault is cleared"),
        ("NODE/image-missing", "the installer of another Talos cannot be pulled by a machine"),
        ("NODE/boots-old", "a machine does not boot the Talos that it was given, and goes back to the one before"),
        ("NODE/kubelet-old", "a machine's kubelet does not come up with another version of Kubernetes"),
        ("NODE/etcd-down", "etcd does not run on a machine, which is well otherwise"),
        ("CLUSTER/etcd-bootstrap", "the machine's clock is not in sync when etcd is to be bootstrapped"),
        ("CLUSTER/api/busy", "the API server has no room: 429, try again in a second"),
        ("CLUSTER/api/unauthorized", "the API server does not take the credentials: 401"),
        ("CLUSTER/watch/hangs", "watches stay open, and nothing comes through them"),
        ("CLUSTER/watch/ends", "watches end after what they had to tell"),
        ("CLUSTER/watch/forbidden", "lists are allowed, watches are not"),
        ("CLUSTER/cilium-install", "helm's install of Cilium runs into its time limit"),
        ("CLUSTER/helm/RELEASE", "helm's install or upgrade of a release runs into its time limit"),
        ("CLUSTER/image-pull/TEXT", "images with TEXT in their name cannot be pulled"),
        ("CLUSTER/flux-bootstrap", "GitHub does not answer to flux bootstrap"),
        ("CLUSTER/bgp", "the router does not accept the BGP sessions"),
        ("NODE/disk-not-empty", "the disk for Ceph still carries the old cluster's data after it was wiped"),
        ("CLUSTER/disk-nearfull", "Ceph warns that its disks are nearly full: HEALTH_WARN"),
        ("CLUSTER/disk-full", "Ceph's disks are full, no volume is made any more: HEALTH_ERR"),
        (
            "CLUSTER/nas-away",
            "the NAS cannot be reached: Velero's backup location is unavailable, VolSync's mover fails, PostgreSQL archives nothing"
        ),
        (
            "CLUSTER/velero-partially-failed",
            "the data of a volume does not reach Velero's bucket; velero ends with 0 all the same"
        ),
        ("CLUSTER/linkerd-check", "linkerd check finds the control plane unwell"),
        ("CLUSTER/mesh-link", "the other cluster's gateway cannot be reached"),
        ("op/item-missing/TITLE", "nobody has made this item of the vault yet"),
        ("CLUSTER/connect-away", "1Password Connect does not answer: no secret can be read anew"),
        ("CLUSTER/dns-token-invalid", "Cloudflare refuses the API token: no proof for certificates, no records"),
        ("CLUSTER/certificate-expired", "the production certificate has run out and is not renewed"),
        (
            "CLUSTER/postgres-primary-lost",
            "the first instance of PostgreSQL, its primary at first, does not start any more"
        ),
        (
            "CLUSTER/backup-stale",
            "what PostgreSQL wrote in the last two hours is not on the NAS, although archiving is called well"
        ),
        ("CLUSTER/tunnel-away", "Cloudflare's edge does not answer to the tunnel's connectors"),
        (
            "CLUSTER/authz-too-strict",
            "somebody calls PostgreSQL whom the policies forgot: counted in audit, cut off when they are enforced"
        ),
        ("apps/gitlab-migrations", "a migration of GitLab's database waits for a lock until its time is over"),
        ("apps/harbor-oidc", "Keycloak names another issuer than Harbor was told: nobody can sign in"),
        ("apps/harbor-push", "the object store takes no more of Harbor's blobs; Harbor stays healthy"),
        ("apps/link-slow", "the way from apps to infra takes 80 ms more than it should"),
        ("apps/mattermost-files", "the object store refuses Mattermost's key; Mattermost runs all the same"),
    ];

    /// <summary>What stands for the words in capitals when a fault is tried out.</summary>
    private static readonly (string Word, string Example)[] Examples =
    [
        ("CLUSTER", "infra"),
        ("NODE", "infra-02"),
        ("TOOL", "linkerd"),
        ("RELEASE", "linkerd-control-plane"),
        ("TEXT", "cilium"),
        ("TITLE", "dragonfly"),
    ];

    /// <summary>A fault of this name that can be armed: "infra/image-pull/cilium" for "CLUSTER/image-pull/TEXT".</summary>
    public static string Example(string name) =>
        Examples.Aggregate(name, (text, each) => text.Replace(each.Word, each.Example, StringComparison.Ordinal));
}
