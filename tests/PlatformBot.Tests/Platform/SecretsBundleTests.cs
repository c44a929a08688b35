using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Secrets;
using PlatformBot.Talos;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

public sealed class SecretsBundleTests
{
    // As `talosctl gen secrets` prints it, with words in place of keys.
    private const string Bundle = """
        cluster:
            id: the-id
            secret: the-secret
        secrets:
            bootstraptoken: the-token
            secretboxencryptionsecret: the-box
        trustdinfo:
            token: the-machine-token
        certs:
            etcd:
                crt: etcd-crt
                key: etcd-key
            k8s:
                crt: k8s-crt
                key: k8s-key
            k8saggregator:
                crt: agg-crt
                key: agg-key
            k8sserviceaccount:
                key: sa-key
            os:
                crt: os-crt
                key: os-key
        """;

    [Fact]
    public void The_vault_gets_the_fourteen_fields_that_the_machine_configuration_refers_to()
    {
        var fields = Fields(Bundle);
        var template = File.ReadAllText(Path.Combine(Repository.Root, "deploy/platform/talos/machineconfig.yaml.j2"));

        fields.Count.ShouldBe(14);
        fields.Keys.ShouldAllBe(field => template.Contains($"-talos/{field}", StringComparison.Ordinal));
        fields["MACHINE_CA_CRT"].ShouldBe("os-crt");
        fields["CLUSTER_CA_KEY"].ShouldBe("k8s-key");
        fields["CLUSTER_TOKEN"].ShouldBe("the-token");
        fields["MACHINE_TOKEN"].ShouldBe("the-machine-token");
    }

    [Fact]
    public void Out_of_the_vault_comes_the_bundle_that_went_in()
    {
        var into = Typed.Run(TalosVerb.Make(new StringReader(Bundle)), "vault-item", "--title", "infra-talos");
        var outOf = Typed.Run(TalosVerb.Make(new StringReader(into.Output)), "secrets-bundle");
        var again = Typed.Run(TalosVerb.Make(new StringReader(outOf.Output)), "vault-item", "--title", "infra-talos");

        outOf.Exit.ShouldBe(0, outOf.Error);
        again.Output.ShouldBe(into.Output);
    }

    [Fact]
    public void Whatever_a_secret_is_made_of_it_survives_the_way_through_vault_and_YAML()
    {
        var fields = Fields(Bundle);

        Prop.ForAll<NonEmptyString>(secret =>
            {
                var value = secret.Get;
                var changed = new VaultItem("t", fields.ToDictionary(f => f.Key, _ => value, StringComparer.Ordinal));

                return value.Any(char.IsSurrogate)
                    || (
                        VaultItem.Parse(changed.ToTemplate()).Ok(out var item, out _)
                        && SecretsBundle.FromItem(item).Ok(out var yaml, out _)
                        && Fields(yaml).Values.All(back => back == value)
                    );
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_bundle_with_a_hole_is_refused_and_the_hole_is_named()
    {
        var torn = Bundle.Replace("    os:\n        crt: os-crt\n        key: os-key", "", StringComparison.Ordinal);

        SecretsBundle.ToItem(torn, "infra-talos").Ok(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe("the secrets bundle has no certs.os.crt");
    }

    [Fact]
    public void An_item_with_a_hole_is_refused_and_the_field_is_named()
    {
        var fields = Fields(Bundle);
        fields.Remove("CLUSTER_ETCD_CA_KEY");

        SecretsBundle.FromItem(new VaultItem("infra-talos", fields)).Ok(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe("the item \"infra-talos\" has no field CLUSTER_ETCD_CA_KEY");
    }

    [Theory]
    [InlineData("")]
    [InlineData("just text")]
    [InlineData("a: [")]
    [InlineData("---\na: 1\n---\nb: 2")]
    public void What_is_no_bundle_is_refused_in_words(string input)
    {
        var (exit, output, error) = Typed.Run(TalosVerb.Make(new StringReader(input)), "vault-item", "--title", "x");

        exit.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: ");
    }

    [Fact]
    public void The_template_for_op_conceals_every_field()
    {
        var (_, output, _) = Typed.Run(
            TalosVerb.Make(new StringReader(Bundle)),
            "vault-item",
            "--title",
            "infra-talos"
        );

        using var template = JsonDocument.Parse(output);
        template
            .RootElement.GetProperty("fields")
            .EnumerateArray()
            .ShouldAllBe(field => field.GetProperty("type").GetString() == "CONCEALED");
    }

    private static Dictionary<string, string> Fields(string yaml)
    {
        SecretsBundle.ToItem(yaml, "t").Ok(out var item, out var refusal).ShouldBeTrue(refusal?.Reason);
        return new Dictionary<string, string>(item!.Fields, StringComparer.Ordinal);
    }
}
