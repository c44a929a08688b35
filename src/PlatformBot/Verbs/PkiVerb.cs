using System.CommandLine;
using PlatformBot.Core;
using PlatformBot.Core.Secrets;
using PlatformBot.Pki;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot pki …</c>: the mesh's certificates, between two <c>op</c> calls in a pipe and never on disk.</summary>
internal static class PkiVerb
{
    public static Command Make(TextReader input, TimeProvider clock) =>
        new("pki", "Make the mesh's certificates, for use in pipes")
        {
            TrustAnchor(clock),
            Issuer(input, clock),
            Values(input),
        };

    private static Command TrustAnchor(TimeProvider clock)
    {
        var title = Filter.Title();
        var verb = new Command("trust-anchor", "Print a new trust anchor as a vault item") { title };

        verb.SetAction(parsed =>
            Filter.Print(parsed, new MeshAuthority(clock).CreateAnchor(parsed.GetRequiredValue(title)).ToTemplate())
        );

        return verb;
    }

    private static Command Issuer(TextReader input, TimeProvider clock)
    {
        var title = Filter.Title();
        var verb = new Command("issuer", "Read the trust anchor's item, print an issuer that it signs as a vault item")
        {
            title,
        };

        verb.SetAction(parsed =>
            Filter.Print(parsed, Issue(Filter.Read(input), parsed.GetRequiredValue(title), clock))
        );
        return verb;
    }

    private static Command Values(TextReader input)
    {
        var verb = new Command(
            "trust-values",
            "Read the trust anchor's item, print the ConfigMap that Helm reads it from"
        );

        verb.SetAction(parsed =>
            Filter.Print(
                parsed,
                VaultItem.Parse(Filter.Read(input)).Ok(out var item, out var refusal)
                    ? TrustValues.Manifest(item)
                    : refusal
            )
        );

        return verb;
    }

    private static Result<string> Issue(string input, string title, TimeProvider clock)
    {
        if (!VaultItem.Parse(input).Ok(out var anchor, out var refusal))
            return refusal;

        return new MeshAuthority(clock).Issue(anchor, title).Ok(out var issuer, out refusal)
            ? issuer.ToTemplate()
            : refusal;
    }
}
