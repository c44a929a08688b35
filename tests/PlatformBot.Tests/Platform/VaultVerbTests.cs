using System.Text;
using PlatformBot.Verbs;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Platform;

/// <summary>What a cluster has made for itself, on its way into the vault, and whether it is still the same there.</summary>
public sealed class VaultVerbTests : IDisposable
{
    private const string Keys = "production:\n  db_key_base: 4f1a\n";
    private readonly string _kept = Path.GetTempFileName();

    [Fact]
    public void A_secret_becomes_an_item_with_a_field_for_each_key()
    {
        var (exit, output, _) = Typed.Run(
            VaultVerb.Make(Secret(Keys)),
            "secret-item",
            "--title",
            "gitlab-rails-secret"
        );

        exit.ShouldBe(0);
        output.ShouldContain("\"gitlab-rails-secret\"");
        output.ShouldContain("db_key_base: 4f1a");
    }

    [Theory]
    [InlineData(Keys)]
    [InlineData("production:\n  db_key_base: 4f1a")]
    public void A_vault_that_holds_the_same_is_said_to(string kept)
    {
        var (exit, output, error) = Compare(Secret(Keys), kept);

        exit.ShouldBe(0, error);
        output.ShouldBe("the vault holds the same\n");
    }

    [Fact]
    public void A_vault_that_holds_the_keys_of_another_life_is_told_without_showing_either()
    {
        var (exit, output, error) = Compare(Secret(Keys), "production:\n  db_key_base: 0000\n");

        exit.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldStartWith("error: the vault holds another secrets.yml than the Secret;");
        error.ShouldNotContain("4f1a");
        error.ShouldNotContain("0000");
    }

    [Fact]
    public void A_secret_without_that_key_is_not_the_same_as_anything()
    {
        var (exit, _, error) = Compare(new StringReader("""{"data":{}}"""), "");

        exit.ShouldBe(1);
        error.ShouldStartWith("error: the Secret has no key secrets.yml;");
    }

    [Fact]
    public void What_is_no_secret_is_refused()
    {
        var (exit, _, error) = Compare(new StringReader("Error from server (NotFound)"), Keys);

        exit.ShouldBe(1);
        error.ShouldStartWith("error: standard input is not a Secret;");
    }

    public void Dispose() => File.Delete(_kept);

    private (int Exit, string Output, string Error) Compare(StringReader secret, string kept)
    {
        File.WriteAllText(_kept, kept);
        return Typed.Run(VaultVerb.Make(secret), "holds", "--key", "secrets.yml", "--file", _kept);
    }

    private static StringReader Secret(string text) =>
        new(
            $$"""{"kind":"Secret","data":{"secrets.yml":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}}"} }"""
        );
}
