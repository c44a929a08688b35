using PlatformBot.Sandbox.Twin.Kustomize;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Twin;

public sealed class KustomizeBuilderTests
{
    private readonly Dictionary<string, string> _files = [];

    [Fact]
    public void An_overlay_changes_what_its_base_brings()
    {
        File("base/kustomization.yaml", "resources: [release.yaml]");
        File(
            "base/release.yaml",
            "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: mesh}, spec: {values: {controllers: []}}}"
        );
        File(
            "linked/kustomization.yaml",
            """
            resources: [../base]
            patches:
              - target: { kind: HelmRelease, name: mesh }
                patch: |-
                  - { op: replace, path: /spec/values/controllers, value: [infra] }
            """
        );

        ((string?)Build("linked").Single()["spec"]!["values"]!["controllers"]![0]).ShouldBe("infra");
    }

    [Fact]
    public void A_generated_name_carries_the_hash_of_its_content_and_so_does_every_reference()
    {
        File(
            "kustomization.yaml",
            """
            resources: [pod.yaml]
            configMapGenerator:
              - name: settings
                literals: [colour=blue]
            """
        );
        File(
            "pod.yaml",
            "{apiVersion: v1, kind: Pod, metadata: {name: one}, spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}}"
        );

        var built = Build(".");
        var name = (string)built[1]["metadata"]!["name"]!;

        name.ShouldMatch("^settings-[a-z0-9]{10}$");
        ((string?)built[0]["spec"]!["containers"]![0]!["envFrom"]![0]!["configMapRef"]!["name"]).ShouldBe(name);
    }

    [Fact]
    public void A_misspelt_field_is_an_error_as_it_is_for_kustomize()
    {
        File("kustomization.yaml", "resource: [a.yaml]");

        Should
            .Throw<KustomizeException>(() => Build("."))
            .Message.ShouldBe("invalid Kustomization: json: unknown field \"resource\"");
    }

    [Fact]
    public void A_resource_that_is_not_there_is_named()
    {
        File("clusters/infra/kustomization.yaml", "resources: [phases/99-nothing.yaml]");

        Should.Throw<KustomizeException>(() => Build("clusters/infra")).Message.ShouldContain("phases/99-nothing.yaml");
    }

    [Fact]
    public void A_patch_of_a_path_that_is_not_there_does_not_apply()
    {
        File(
            "kustomization.yaml",
            "resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '[{op: replace, path: /data/x, value: 1}]'}]"
        );
        File("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {}}");

        Should.Throw<KustomizeException>(() => Build(".")).Message.ShouldContain("doc is missing key: /data/x");
    }

    [Fact]
    public void Nothing_outside_the_tree_can_be_read()
    {
        File("kustomization.yaml", "resources: [../../../etc/passwd]");

        Should.Throw<KustomizeException>(() => Build(".")).Message.ShouldStartWith("security;");
    }

    [Fact]
    public void What_is_written_as_YAML_reads_back_the_same()
    {
        var text = "a: 'true'\nb: \"1\"\nc: |\n  two\n  lines\nd: {}\ne: []\nf: null\ng: 1.5\nh: yes\n";

        var once = YamlText.ReadMapping(text);

        YamlText.ReadMapping(YamlText.Write(once)).ToJsonString().ShouldBe(once.ToJsonString());
        once.ToJsonString()
            .ShouldBe("""{"a":"true","b":"1","c":"two\nlines\n","d":{},"e":[],"f":null,"g":1.5,"h":true}""");
    }

    private void File(string path, string text) => _files[path] = text;

    private IReadOnlyList<System.Text.Json.Nodes.JsonObject> Build(string path) =>
        new KustomizeBuilder(_files).Build(path);
}
