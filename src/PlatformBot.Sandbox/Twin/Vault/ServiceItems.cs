using System.Security.Cryptography;

namespace PlatformBot.Sandbox.Twin.Vault;

/// <summary>The items that External Secrets reads for the platform's services, with values that nobody else has.</summary>
internal static class ServiceItems
{
    // csharpier-ignore-start - table
    private static readonly (string Title, string[] Fields)[] Items =
    [
        ("cloudflare", ["api-token-dns", "zone-id", "tunnel-infra-token", "tunnel-apps-token"]),
        ("postgres-keycloak", ["password"]), ("postgres-gitlab", ["password"]), ("postgres-harbor", ["password"]),
        ("postgres-mattermost", ["password"]), ("postgres-platform-probe", ["password"]),
        ("dragonfly", ["password"]),
        ("nas-s3-cnpg", ["access-key", "secret-key"]), ("nas-s3-mirror", ["access-key", "secret-key"]),
        ("object-store-gitlab", ["access-key", "secret-key"]), ("object-store-harbor", ["access-key", "secret-key"]),
        ("object-store-mattermost", ["access-key", "secret-key"]),
        ("gitlab-root", ["password"]), ("harbor-admin", ["password"]),
        ("harbor-core", ["secret-key", "core-secret", "csrf-key", "jobservice-secret", "registry-http-secret", "registry-password", "registry-htpasswd"]),
        ("oidc-gitlab", ["client-secret"]), ("oidc-harbor", ["client-secret"]), ("oidc-grafana", ["client-secret"]),
    ];
    // csharpier-ignore-end

    public static void AddTo(PasswordVault vault)
    {
        // A Connect token is a signed JSON Web Token: long.
        vault.Add("Infra", "onepassword-connect", new Dictionary<string, string> { ["token"] = Random(160) });
        vault.Add(
            "Infra",
            "keycloak-admin",
            new Dictionary<string, string> { ["username"] = "admin", ["password"] = Random(32) }
        );

        // Only the half of the key that closes: what opens is in no vault that the bot reads.
        vault.Add("Infra", "etcd-backup-age", new Dictionary<string, string> { ["recipient"] = $"age1{Random(58)}" });

        foreach (var (title, fields) in Items)
        {
            var values = fields.ToDictionary(field => field, _ => Random(32));

            if (title == "cloudflare")
            {
                values["tunnel-infra-id"] = $"{Guid.NewGuid()}";
                values["tunnel-apps-id"] = $"{Guid.NewGuid()}";
            }

            vault.Add("Infra", title, values);
        }
    }

    private static string Random(int length) => RandomNumberGenerator.GetHexString(length, lowercase: true);
}
