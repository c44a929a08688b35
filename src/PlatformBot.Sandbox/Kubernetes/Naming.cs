using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Names of objects.</summary>
internal static partial class Naming
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    private const string Rule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and"
        + " end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
        + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>Five random letters, as controllers and generateName append them.</summary>
    public static string Suffix() => RandomNumberGenerator.GetString(Letters, 5);

    public static void Generate(JsonObject json)
    {
        if (json.Name().Length == 0 && json.Text("metadata", "generateName") is { Length: > 0 } prefix)
            json.Section("metadata")["name"] = prefix + Suffix();
    }

    public static void Check(Resource resource, string name)
    {
        if (name.Length == 0)
            throw Refusals.Invalid(resource, "", Required);

        // Roles and their bindings may hold colons and capitals.
        if (resource.Group != "rbac.authorization.k8s.io" && !Subdomain.IsMatch(name))
        {
            throw Refusals.Invalid(
                resource,
                name,
                new FieldMistake("metadata.name", $"Invalid value: \"{name}\": {Rule}")
            );
        }
    }

    private static readonly FieldMistake Required = new(
        "metadata.name",
        "Required value: name or generateName is required",
        "FieldValueRequired"
    );

    [GeneratedRegex(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Subdomain { get; }
}
