using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PlatformBot.Core;

namespace PlatformBot.Kubernetes;

/// <summary>Certificates and keys of client configurations: inline in "field-data" as base64 of PEM, or in the file that "field" names.</summary>
/// <param name="files">the files that were read, to be looked at again</param>
internal sealed class PemFields(HashSet<string> files)
{
    /// <summary>null when neither is there.</summary>
    public Result<Pem> Read(KubeconfigEntry entry, string field)
    {
        var data = $"{field}-data";

        if (entry.Has(data) && entry.Has(field))
            return new Refusal($"{entry} has both {field} and {data}.", "Remove one of them: they may differ.");

        if (entry.Text(data) is { } inline)
            return Decode(entry, data, inline);

        return entry.PathOf(field) is { } path ? ReadFile(entry, field, path) : new Pem(null);
    }

    /// <summary>The authorities that a cluster's certificate may come from.</summary>
    public Result<Pem> ReadAuthorities(KubeconfigEntry cluster)
    {
        const string Field = "certificate-authority";

        if (!Read(cluster, Field).Ok(out var pem, out var refusal) || pem.Text is null)
            return refusal is null ? pem! : refusal;

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem.Text);
            return authorities.Count > 0 ? pem : NoPem(cluster, Field, "holds no certificate");
        }
        catch (CryptographicException)
        {
            return NoPem(cluster, Field, "is no certificate");
        }
    }

    /// <summary>Certificate and key fit each other, or neither is there.</summary>
    public Result<(string? Certificate, string? Key)> ReadPair(KubeconfigEntry user)
    {
        if (!Read(user, "client-certificate").Ok(out var certificate, out var refusal))
            return refusal;

        if (!Read(user, "client-key").Ok(out var key, out refusal))
            return refusal;

        if (certificate.Text is null != key.Text is null)
        {
            var (has, lacks) = key.Text is null
                ? ("client-certificate", "client-key")
                : ("client-key", "client-certificate");
            return new Refusal($"{user} has a {has} and no {lacks}.", $"Give {lacks} or {lacks}-data.");
        }

        try
        {
            if (certificate.Text is not null)
                X509Certificate2.CreateFromPem(certificate.Text, key.Text!).Dispose();

            return (certificate.Text, key.Text);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return NoPem(user, "client-certificate", "and its client-key do not belong together, or are not PEM");
        }
    }

    private Result<Pem> ReadFile(KubeconfigEntry entry, string field, string path)
    {
        files.Add(path);

        try
        {
            return new Pem(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Refusal(
                $"The {field} of {entry} cannot be read: {path} ({error.GetType().Name}).",
                "See that the file is there and that the bot may read it."
            );
        }
    }

    private static Result<Pem> Decode(KubeconfigEntry entry, string field, string base64)
    {
        try
        {
            return new Pem(Encoding.UTF8.GetString(Convert.FromBase64String(base64)));
        }
        catch (FormatException)
        {
            return NoPem(entry, field, "is not base64");
        }
    }

    private static Refusal NoPem(KubeconfigEntry entry, string field, string what) =>
        new($"The {field} of {entry} {what}.", "Fetch the client configuration again.");
}

/// <summary>PEM text, or none.</summary>
internal sealed record Pem(string? Text)
{
    /// <summary>It may be a key.</summary>
    public override string ToString() => Text is null ? "none" : "PEM";
}
