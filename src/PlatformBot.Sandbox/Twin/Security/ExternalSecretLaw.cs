using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;
using PlatformBot.Sandbox.Twin.Workloads;

namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>External Secrets: makes a Secret from items of the vault, through a store, and makes it anew now and then.</summary>
internal sealed partial class ExternalSecretLaw(TwinWorld world)
    : OperatorLaw(world, "external-secrets", "external-secrets")
{
    private const string Vault = "Infra";

    protected override void Act(TwinCluster cluster)
    {
        foreach (var secret in Due(cluster, SecretStoreLaw.ApiVersion, "ExternalSecret"))
            Sync(cluster, secret);
    }

    private void Sync(TwinCluster cluster, JsonObject external)
    {
        var trouble =
            StoreTrouble(cluster, external) ?? Read(external, out var values) ?? Write(cluster, external, values);
        Again(external, trouble is null ? RefreshOf(external) : TimeSpan.FromSeconds(5));
        cluster.Objects.Update(
            ObjectKey.Of(external),
            json =>
            {
                if (trouble is null)
                    json.Section("status")["refreshTime"] = Timestamp.Of(Clock);

                Conditions.Set(
                    json,
                    Clock,
                    "Ready",
                    trouble is null,
                    trouble is null ? "SecretSynced" : "SecretSyncedError",
                    trouble ?? "secret synced"
                );
            }
        );

        if (trouble is not null)
            EventLog.Record(cluster, external, "external-secrets", "UpdateFailed", trouble, isWarning: true);
    }

    private static TimeSpan RefreshOf(JsonObject external) =>
        Flux.Conditions.Duration(external.At("spec", "refreshInterval"), TimeSpan.FromHours(1));

    private string? StoreTrouble(TwinCluster cluster, JsonObject external)
    {
        var name = external.Text("spec", "secretStoreRef", "name");
        var kind = external.Text("spec", "secretStoreRef", "kind");
        var store = cluster.Objects.View(new ObjectKey(SecretStoreLaw.ApiVersion, kind, "", name));

        if (store is null)
            return $"could not get provider client: could not get {kind} \"{name}\", {kind.ToLowerInvariant()}s.external-secrets.io \"{name}\" not found";

        if (!store.Holds("Ready"))
            return $"could not get provider client: the desired SecretStore {name} is not ready";

        return SecretStoreLaw.Trouble(World, cluster, store) is { } trouble
            ? $"could not get secret data from provider: {trouble.Message}"
            : null;
    }

    /// <summary>What the items hold, by the keys of the Secret to be; or why that cannot be had.</summary>
    private string? Read(JsonObject external, out Dictionary<string, string> values)
    {
        values = [];

        foreach (var (index, entry) in external.Items("spec", "data").Index())
        {
            var (title, field) = (entry.Text("remoteRef", "key"), entry.Text("remoteRef", "property"));
            var trouble = World.Vault.Find(Vault, title) switch
            {
                [var item] when item.Fields.TryGetValue(field, out var value) => Keep(values, entry, value),
                [_] => $"expected one 1Password ItemField matching: '{field}' in '{title}', got 0",
                [] => $"key not found in 1Password Vaults: {title} in: map[{Vault}:1]",
                var several => $"expected one 1Password Item matching: '{title}', got {several.Count}",
            };

            if (trouble is not null)
                return $"error processing spec.data[{index}] (key: {title}), err: {trouble}";
        }

        return null;
    }

    private static string? Keep(Dictionary<string, string> values, JsonObject entry, string value)
    {
        values[entry.Text("secretKey")] = value;
        return null;
    }

    private static string? Write(TwinCluster cluster, JsonObject external, Dictionary<string, string> values)
    {
        var template = external.At("spec", "target", "template");
        var name = external.Text("spec", "target", "name") is { Length: > 0 } given ? given : external.Name();
        var texts = template.At("data") is JsonObject data
            ? data.ToDictionary(pair => pair.Key, pair => Fill(pair.Value.Text(), values))
            : values;
        var secret = Manifest
            .New("v1", "Secret", external.Namespace(), name)
            .Marked("labels", Manifest.Map(("reconcile.external-secrets.io/managed", "true")))
            .Marked("labels", template.MappingAt("metadata.labels"))
            .With("type", template.TextAt("type", "Opaque"))
            .With("data", Manifest.Map([.. texts.Select(pair => (pair.Key, SecretText.Encode(pair.Value)))]));
        return Applier.Apply(cluster, secret.OwnedBy(external));
    }

    private static string Fill(string text, Dictionary<string, string> values) =>
        Field()
            .Replace(
                text,
                match =>
                {
                    var value = values.GetValueOrDefault(match.Groups["name"].Value, "<no value>");
                    return match.Groups["filter"].Value switch
                    {
                        "toJson" => JsonValue.Create(value).ToJsonString(),
                        "urlquery" => Uri.EscapeDataString(value),
                        _ => value,
                    };
                }
            );

    [GeneratedRegex(
        @"\{\{\s*\.(?<name>\w+)(\s*\|\s*(?<filter>toJson|urlquery))?\s*\}\}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Field();
}
