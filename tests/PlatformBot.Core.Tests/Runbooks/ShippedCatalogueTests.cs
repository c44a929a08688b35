using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Runbooks;

public sealed class ShippedCatalogueTests
{
    private static readonly string Shipped = Path.Combine(CatalogueFolder.Repository(), "commands");

    [Fact]
    public void The_shipped_catalogue_has_no_mistakes() => Catalogue.Read(Shipped).Problems.ShouldBeEmpty();

    [Fact]
    public void The_shipped_schema_is_the_one_that_the_reader_reads_by() =>
        File.ReadAllText(Path.Combine(Shipped, "schema.json")).ShouldBe(SchemaJson.Write());

    [Fact]
    public void The_page_about_the_catalogue_says_what_is_in_it()
    {
        var page = Path.Combine(CatalogueFolder.Repository(), "docs", "catalogue.md");
        var told = CatalogueText.Of(Catalogue.Read(Shipped).Catalogue!);

        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(page, told);

        File.ReadAllText(page).ShouldBe(told, "Make it anew: platformbot catalogue > docs/catalogue.md");
    }

    [Fact]
    public void No_change_of_a_file_makes_the_reader_crash()
    {
        var files = Directory
            .GetFiles(Shipped, "*.yaml", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .ToArray();
        const string Spice = "\t\n :-[]{}&*!|>'\"%@`#,?~\\\0\uFFFF\u2028${{}}0xé";

        var mutation =
            from file in Gen.Elements(files)
            from at in Gen.Choose(0, file.Length - 1)
            from cut in Gen.Choose(0, Math.Min(30, file.Length - at))
            from spice in Gen.Elements(Spice.ToCharArray()).ListOf(3)
            select string.Concat(file.AsSpan(0, at), new string([.. spice]), file.AsSpan(at + cut));

        Prop.ForAll(mutation.ToArbitrary(), ReadsOrTells).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void No_text_at_all_makes_the_reader_crash() =>
        Prop.ForAll<NonNull<string>>(text => ReadsOrTells(text.Get)).QuickCheckThrowOnFailure();

    private static bool ReadsOrTells(string text)
    {
        var problems = new Problems();
        var document = YamlReader.ReadOne(new SourceText("x.yaml", text), problems);

        if (document is not null)
            new ShapeCheck(problems).CheckShape(document, Shapes.Phase);

        return document is not null || problems.Count > 0;
    }

    [Fact]
    public void A_catalogue_with_a_changed_runbook_is_read_to_the_end()
    {
        using var folder = new CatalogueFolder();
        const string Runbook = """
            command: bootstrap
            summary: x
            arguments: [{ name: cluster, type: cluster }]
            phases:
              - phase: one
                title: One
                each: cluster
                steps:
                  - { step: a, each: node in cluster.nodes, run: [helm, "${{ node.name }}"], proves-itself: true, needs: [] }
                  - { step: b, apply: { objects: [{ kind: Secret, stringData: { a: b } }] }, verify: [{ raw: /x, expect: { exit: 1 } }] }
            """;

        var mutation =
            from at in Gen.Choose(0, Runbook.Length - 1)
            from cut in Gen.Choose(0, Math.Min(12, Runbook.Length - at))
            from spice in Gen.Elements("", "[]", "{}", "x", ": ", "- ", "\"", "${{", "0")
            select string.Concat(Runbook.AsSpan(0, at), spice, Runbook.AsSpan(at + cut));

        Prop.ForAll(
                mutation.ToArbitrary(),
                text => Catalogue.Read(folder.With("bootstrap.yaml", text).Commands) is not null
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }
}
