using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using PlatformBot.Core.Secrets;
using PlatformBot.Pki;
using PlatformBot.TestKit;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

public sealed class MeshAuthorityTests
{
    private static readonly DateTimeOffset Today = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private readonly FakeClock _clock = new(Today);

    [Fact]
    public void The_trust_anchor_signs_certificates_and_nothing_else_for_ten_years()
    {
        using var anchor = X509Certificate2.CreateFromPem(Anchor().Fields["ca_crt"]);

        anchor.Subject.ShouldBe("CN=root.linkerd.cluster.local");
        anchor.NotAfter.ToUniversalTime().ShouldBe(Today.AddYears(10).UtcDateTime);
        anchor.NotBefore.ToUniversalTime().ShouldBeLessThan(Today.UtcDateTime);
        anchor.GetECDsaPublicKey()!.KeySize.ShouldBe(256);
        Constraints(anchor).CertificateAuthority.ShouldBeTrue();
        anchor
            .Extensions.OfType<X509KeyUsageExtension>()
            .Single()
            .KeyUsages.ShouldBe(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
    }

    [Fact]
    public void An_issuer_chains_to_its_anchor_may_not_make_further_authorities_and_lasts_a_year()
    {
        var anchorItem = Anchor();
        using var anchor = X509Certificate2.CreateFromPem(anchorItem.Fields["ca_crt"]);
        using var issuer = Issuer(anchorItem);

        Verifies(issuer, anchor).ShouldBeTrue();
        issuer.Subject.ShouldBe("CN=identity.linkerd.cluster.local");
        issuer.NotAfter.ToUniversalTime().ShouldBe(Today.AddYears(1).UtcDateTime);
        Constraints(issuer).HasPathLengthConstraint.ShouldBeTrue();
        Constraints(issuer).PathLengthConstraint.ShouldBe(0);
    }

    [Fact]
    public void An_issuer_of_one_anchor_is_a_stranger_to_another()
    {
        using var issuer = Issuer(Anchor());
        using var stranger = X509Certificate2.CreateFromPem(Anchor().Fields["ca_crt"]);

        Verifies(issuer, stranger).ShouldBeFalse();
    }

    [Fact]
    public void The_issuers_key_is_the_key_of_its_certificate()
    {
        new MeshAuthority(_clock).Issue(Anchor(), "linkerd-issuer-infra").Ok(out var item, out _).ShouldBeTrue();

        using var pair = X509Certificate2.CreateFromPem(
            Text(item!.Fields["tls_crt_b64"]),
            Text(item.Fields["tls_key_b64"])
        );
        pair.HasPrivateKey.ShouldBeTrue();
    }

    [Fact]
    public void An_anchor_that_ends_before_its_issuer_would_is_refused()
    {
        var anchor = Anchor();
        _clock.Advance(TimeSpan.FromDays(3653 - 200));

        new MeshAuthority(_clock).Issue(anchor, "linkerd-issuer-infra").Ok(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe("the trust anchor ends on 2036-11-21, before an issuer of one year would");
    }

    [Fact]
    public void A_key_that_is_not_the_anchors_own_is_refused_without_being_shown()
    {
        var mixed = new VaultItem(
            "linkerd-trust-anchor",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["ca_crt"] = Anchor().Fields["ca_crt"],
                ["ca_key"] = Anchor().Fields["ca_key"],
            }
        );

        var (exit, output, error) = Typed.Run(
            PkiVerb.Make(new StringReader(mixed.ToTemplate()), _clock),
            "issuer",
            "--title",
            "linkerd-issuer-infra"
        );

        exit.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldBe(
            "error: ca_crt and ca_key of \"linkerd-trust-anchor\" are not a certificate and its own private key; put both of them into the item again\n"
        );
    }

    [Fact]
    public void In_a_pipe_the_anchors_item_becomes_the_issuers_item()
    {
        var anchor = Typed.Run(
            PkiVerb.Make(TextReader.Null, _clock),
            "trust-anchor",
            "--title",
            "linkerd-trust-anchor"
        );
        var issuer = Typed.Run(
            PkiVerb.Make(new StringReader(anchor.Output), _clock),
            "issuer",
            "--title",
            "linkerd-issuer-apps"
        );

        issuer.Exit.ShouldBe(0, issuer.Error);
        using var template = JsonDocument.Parse(issuer.Output);
        template.RootElement.GetProperty("title").GetString().ShouldBe("linkerd-issuer-apps");
        template.RootElement.GetProperty("category").GetString().ShouldBe("SECURE_NOTE");
        template
            .RootElement.GetProperty("fields")
            .EnumerateArray()
            .Select(field => field.GetProperty("type").GetString())
            .ShouldBe(["CONCEALED", "CONCEALED"]);
    }

    [Fact]
    public void The_values_for_Helm_hold_the_anchors_certificate_and_no_key()
    {
        var anchor = Anchor();

        var (exit, output, error) = Typed.Run(
            PkiVerb.Make(new StringReader(anchor.ToTemplate()), _clock),
            "trust-values"
        );

        exit.ShouldBe(0, error);
        using var manifest = JsonDocument.Parse(output);
        var values = manifest.RootElement.GetProperty("data").GetProperty("values.yaml").GetString()!;
        values.ShouldStartWith("identityTrustAnchorsPEM: |\n  -----BEGIN CERTIFICATE-----\n");
        values.ShouldNotContain("PRIVATE KEY");
        values.Replace("  ", "", StringComparison.Ordinal).ShouldContain(anchor.Fields["ca_crt"].Trim());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"title\":\"x\"}")]
    [InlineData("{\"title\":\"x\",\"fields\":[1]}")]
    [InlineData("{\"title\":\"x\",\"fields\":[]}")]
    public void What_is_no_item_of_the_vault_is_refused_in_words(string input)
    {
        var (exit, output, error) = Typed.Run(PkiVerb.Make(new StringReader(input), _clock), "trust-values");

        exit.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: ");
    }

    private VaultItem Anchor() => new MeshAuthority(_clock).CreateAnchor("linkerd-trust-anchor");

    private X509Certificate2 Issuer(VaultItem anchor)
    {
        new MeshAuthority(_clock).Issue(anchor, "linkerd-issuer-infra").Ok(out var item, out _).ShouldBeTrue();
        return X509Certificate2.CreateFromPem(Text(item!.Fields["tls_crt_b64"]));
    }

    private static bool Verifies(X509Certificate2 issuer, X509Certificate2 anchor)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(anchor);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Today.UtcDateTime;
        return chain.Build(issuer);
    }

    private static X509BasicConstraintsExtension Constraints(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single();

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
