using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>A certificate and its key, each base64 of PEM as Talos writes them; no key where only trust is needed.</summary>
public sealed record TalosKeyPair(string Certificate, string Key);

/// <summary>What <c>talosctl gen secrets</c> makes for one cluster: ids, tokens and four certificate authorities.</summary>
public sealed record TalosSecrets
{
    public required string ClusterId { get; init; }

    public required string ClusterSecret { get; init; }

    public required string BootstrapToken { get; init; }

    public required string SecretboxKey { get; init; }

    public required string MachineToken { get; init; }

    public required TalosKeyPair Machine { get; init; }

    public required TalosKeyPair Kubernetes { get; init; }

    public required TalosKeyPair Aggregator { get; init; }

    public required TalosKeyPair Etcd { get; init; }

    public required string ServiceAccountKey { get; init; }

    public static TalosSecrets Generate(DateTimeOffset now)
    {
        using var serviceAccount = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        return new TalosSecrets
        {
            ClusterId = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ClusterSecret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            BootstrapToken = Token(),
            SecretboxKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            MachineToken = Token(),
            Machine = Authority("O=talos", now),
            Kubernetes = Authority("O=kubernetes", now),
            Aggregator = Authority("CN=front-proxy", now),
            Etcd = Authority("O=etcd", now),
            ServiceAccountKey = Base64(serviceAccount.ExportECPrivateKeyPem() + "\n"),
        };
    }

    /// <exception cref="FormatException">A part of the bundle is missing.</exception>
    public static TalosSecrets FromBundle(JsonObject bundle)
    {
        string Text(string path) =>
            path.Split('.')
                .Aggregate((JsonNode?)bundle, (node, part) => (node as JsonObject)?[part])
                ?.GetValue<string>()
            ?? throw new FormatException($"secrets bundle has no {path}");

        TalosKeyPair Pair(string name) => new(Text($"certs.{name}.crt"), Text($"certs.{name}.key"));

        return new TalosSecrets
        {
            ClusterId = Text("cluster.id"),
            ClusterSecret = Text("cluster.secret"),
            BootstrapToken = Text("secrets.bootstraptoken"),
            SecretboxKey = Text("secrets.secretboxencryptionsecret"),
            MachineToken = Text("trustdinfo.token"),
            Machine = Pair("os"),
            Kubernetes = Pair("k8s"),
            Aggregator = Pair("k8saggregator"),
            Etcd = Pair("etcd"),
            ServiceAccountKey = Text("certs.k8sserviceaccount.key"),
        };
    }

    /// <summary>The file that <c>talosctl gen secrets</c> writes, as JSON.</summary>
    public JsonObject ToBundle() =>
        new()
        {
            ["cluster"] = new JsonObject { ["id"] = ClusterId, ["secret"] = ClusterSecret },
            ["secrets"] = new JsonObject
            {
                ["bootstraptoken"] = BootstrapToken,
                ["secretboxencryptionsecret"] = SecretboxKey,
            },
            ["trustdinfo"] = new JsonObject { ["token"] = MachineToken },
            ["certs"] = new JsonObject
            {
                ["etcd"] = PairJson(Etcd),
                ["k8s"] = PairJson(Kubernetes),
                ["k8saggregator"] = PairJson(Aggregator),
                ["k8sserviceaccount"] = new JsonObject { ["key"] = ServiceAccountKey },
                ["os"] = PairJson(Machine),
            },
        };

    /// <summary>The 14 fields under which a vault item keeps them.</summary>
    public IReadOnlyDictionary<string, string> ToFields() =>
        new Dictionary<string, string>
        {
            ["MACHINE_TOKEN"] = MachineToken,
            ["MACHINE_CA_CRT"] = Machine.Certificate,
            ["MACHINE_CA_KEY"] = Machine.Key,
            ["CLUSTER_ID"] = ClusterId,
            ["CLUSTER_SECRET"] = ClusterSecret,
            ["CLUSTER_TOKEN"] = BootstrapToken,
            ["CLUSTER_CA_CRT"] = Kubernetes.Certificate,
            ["CLUSTER_CA_KEY"] = Kubernetes.Key,
            ["CLUSTER_AGGREGATORCA_CRT"] = Aggregator.Certificate,
            ["CLUSTER_AGGREGATORCA_KEY"] = Aggregator.Key,
            ["CLUSTER_ETCD_CA_CRT"] = Etcd.Certificate,
            ["CLUSTER_ETCD_CA_KEY"] = Etcd.Key,
            ["CLUSTER_SERVICEACCOUNT_KEY"] = ServiceAccountKey,
            ["CLUSTER_SECRETBOXENCRYPTIONSECRET"] = SecretboxKey,
        };

    /// <summary>A client certificate of role os:admin, signed by the machines' authority, for one year.</summary>
    /// <exception cref="CryptographicException">The authority's certificate and key do not belong together.</exception>
    public TalosKeyPair IssueClient(DateTimeOffset now)
    {
        using var authority = X509Certificate2.CreateFromPem(Plain(Machine.Certificate), Plain(Machine.Key));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=os:admin", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        // Not before the authority itself, whose clock may be a little ahead.
        using var client = request.Create(
            authority,
            new DateTimeOffset(authority.NotBefore),
            now.AddYears(1),
            RandomNumberGenerator.GetBytes(12)
        );
        return new TalosKeyPair(
            Base64(client.ExportCertificatePem() + "\n"),
            Base64(key.ExportECPrivateKeyPem() + "\n")
        );
    }

    private static TalosKeyPair Authority(string subject, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature,
                critical: true
            )
        );
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(10));
        return new TalosKeyPair(
            Base64(certificate.ExportCertificatePem() + "\n"),
            Base64(key.ExportECPrivateKeyPem() + "\n")
        );
    }

    private static JsonObject PairJson(TalosKeyPair pair) => new() { ["crt"] = pair.Certificate, ["key"] = pair.Key };

    private static string Token() =>
        $"{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 6)}."
        + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 16);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Plain(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
