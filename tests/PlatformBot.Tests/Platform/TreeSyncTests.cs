using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

public sealed class TreeSyncTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("treesync-");

    public TreeSyncTests()
    {
        Write("tree/talos/machineconfig.yaml.j2", "new template");
        Write("tree/kubernetes/clusters/infra/kustomization.yaml", "resources: [phases/00-base.yaml]");
        Directory.CreateDirectory(To);
    }

    private string From => Path.Combine(_home.FullName, "tree");

    private string To => Path.Combine(_home.FullName, "checkout");

    [Fact]
    public void Everything_that_is_missing_is_added_and_said()
    {
        var (exit, output, _) = Sync();

        exit.ShouldBe(0);
        output.ShouldBe(
            "add    kubernetes/clusters/infra/kustomization.yaml\nadd    talos/machineconfig.yaml.j2\n2 to write, 0 kept\n"
        );
        Read("talos/machineconfig.yaml.j2").ShouldBe("new template");
    }

    [Fact]
    public void A_changed_file_is_updated_and_files_of_others_stay()
    {
        Write("checkout/talos/machineconfig.yaml.j2", "old template");
        Write("checkout/notes.txt", "mine");

        Sync().Output.ShouldContain("update talos/machineconfig.yaml.j2");

        Read("talos/machineconfig.yaml.j2").ShouldBe("new template");
        Read("notes.txt").ShouldBe("mine");
    }

    [Fact]
    public void What_the_releases_have_added_is_never_taken_back()
    {
        Write(
            "checkout/kubernetes/clusters/infra/kustomization.yaml",
            "resources: [phases/00-base.yaml, phases/20-openebs.yaml]"
        );

        Sync().Output.ShouldContain("keep   kubernetes/clusters/infra/kustomization.yaml");

        Read("kubernetes/clusters/infra/kustomization.yaml").ShouldContain("20-openebs");
    }

    [Fact]
    public void A_second_time_there_is_nothing_to_do()
    {
        Sync("--check").Exit.ShouldBe(1);
        Sync();
        Write("checkout/kubernetes/clusters/infra/kustomization.yaml", "changed by a release");

        Sync("--check").Exit.ShouldBe(0);
    }

    [Fact]
    public void Checking_writes_nothing()
    {
        Sync("--check");

        Directory.EnumerateFileSystemEntries(To).ShouldBeEmpty();
    }

    [Fact]
    public void A_link_that_leads_out_of_the_checkout_is_refused_before_anything_is_written()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_home.FullName, "outside"));
        Directory.CreateSymbolicLink(Path.Combine(To, "talos"), outside.FullName);

        var (exit, _, error) = Sync();

        exit.ShouldBe(2);
        error.ShouldContain("is a symbolic link");
        outside.EnumerateFileSystemInfos().ShouldBeEmpty();
        Directory.Exists(Path.Combine(To, "kubernetes")).ShouldBeFalse();
    }

    [Fact]
    public void Gits_own_folder_is_not_written_to()
    {
        Write("tree/.git/hooks/pre-push", "surprise");

        Sync().Exit.ShouldBe(2);
        File.Exists(Path.Combine(To, ".git", "hooks", "pre-push")).ShouldBeFalse();
    }

    [Fact]
    public void A_checkout_that_is_not_there_is_not_made()
    {
        Directory.Delete(To);

        Sync().Error.ShouldContain("clone the GitOps repository there first");
        Directory.Exists(To).ShouldBeFalse();
    }

    public void Dispose() => _home.Delete(recursive: true);

    private (int Exit, string Output, string Error) Sync(params string[] more) =>
        Typed.Run(GitOpsVerb.Make(), ["sync", "--from", From, "--to", To, "--keep", "kubernetes/clusters", .. more]);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_home.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(To, path));
}
