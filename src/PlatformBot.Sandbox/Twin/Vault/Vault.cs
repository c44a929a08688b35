using System.Security.Cryptography;

namespace PlatformBot.Sandbox.Twin.Vault;

/// <summary>One item of the vault: fields by label, or a document.</summary>
/// <param name="Document">the text of a document, null for other items</param>
public sealed record VaultItem(
    string Id,
    string Vault,
    string Title,
    string Category,
    IReadOnlyDictionary<string, string> Fields,
    string? Document = null
);

/// <summary>The simulated 1Password account: two vaults, items by title, one service account that may read and write both.</summary>
/// <remarks>Fault: "op/item-missing/TITLE" hides an item, as if nobody had made it yet.</remarks>
public sealed class PasswordVault(Faults faults)
{
    private readonly Lock _gate = new();
    private readonly List<VaultItem> _items = [];

    /// <summary>Vault name → id.</summary>
    public IReadOnlyDictionary<string, string> Vaults { get; } =
        new Dictionary<string, string> { ["Prod"] = NewId(), ["Infra"] = NewId() };

    /// <summary>What OP_SERVICE_ACCOUNT_TOKEN must be.</summary>
    public string ServiceAccountToken { get; } = $"ops_{RandomNumberGenerator.GetHexString(48, lowercase: true)}";

    public IReadOnlyList<VaultItem> Items
    {
        get
        {
            lock (_gate)
                return [.. _items];
        }
    }

    public VaultItem Add(
        string vault,
        string title,
        IReadOnlyDictionary<string, string> fields,
        string category = "SECURE_NOTE",
        string? document = null
    )
    {
        var item = new VaultItem(NewId(), vault, title, category, fields, document);

        lock (_gate)
            _items.Add(item);

        return item;
    }

    /// <summary>The items of a vault that go by this title or id; more than one is possible, as in reality.</summary>
    public IReadOnlyList<VaultItem> Find(string vault, string titleOrId)
    {
        lock (_gate)
        {
            return
            [
                .. _items.Where(item =>
                    item.Vault == vault
                    && (item.Title == titleOrId || item.Id == titleOrId)
                    && !faults.Lasts($"op/item-missing/{item.Title}")
                ),
            ];
        }
    }

    public void Remove(VaultItem item)
    {
        lock (_gate)
            _items.Remove(item);
    }

    /// <summary>
    /// Puts in what only people can supply: the Git token, the passwords of Grafana, MinIO and restic, the secrets of the
    /// cluster of old, and what the platform's services are given.
    /// </summary>
    public void AddItemsOfPeople(IReadOnlyDictionary<string, string> secretsOfOldCluster)
    {
        Add("Prod", "prod-talos", secretsOfOldCluster);
        Add("Infra", "github-flux", Field("token", $"github_pat_{Password()}"));
        Add(
            "Infra",
            "grafana-admin",
            new Dictionary<string, string> { ["username"] = "admin", ["password"] = Password() }
        );

        foreach (var cluster in new[] { "infra", "apps" })
        {
            Add("Infra", $"minio-velero-{cluster}", KeyPair());
            Add("Infra", $"minio-volsync-{cluster}", KeyPair());
            Add("Infra", $"volsync-restic-{cluster}", Field("password", Password()));
        }

        ServiceItems.AddTo(this);
    }

    /// <summary>The value of a field, as whoever made it knows it; "" when there is none.</summary>
    public string ValueOf(string item, string field)
    {
        lock (_gate)
            return _items.Find(one => one.Title == item)?.Fields.GetValueOrDefault(field) ?? "";
    }

    private static Dictionary<string, string> Field(string label, string value) => new() { [label] = value };

    private static Dictionary<string, string> KeyPair() =>
        new() { ["access_key_id"] = Password(), ["secret_access_key"] = Password() };

    private static string Password() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string NewId() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 26);
}
