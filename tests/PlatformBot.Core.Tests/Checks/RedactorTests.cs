using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Checks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Checks;

public sealed class RedactorTests
{
    private const string Secret = "p@ss w0rd/\"ü\"+=&x";

    private readonly Redactor _redactor = new();

    public RedactorTests() => _redactor.Learn(Secret);

    [Fact]
    public void A_known_secret_is_hidden_in_every_encoding()
    {
        foreach (var form in FormsOf(Secret))
            _redactor.Redact($"before {form} after").ShouldBe($"before {Redactor.Mask} after", form);
    }

    [Theory]
    [InlineData("user:")]
    [InlineData("me:")]
    [InlineData("x:")]
    public void A_known_secret_is_hidden_inside_longer_base64(string before)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{Secret}@host"));
        var inside = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))[4..16];

        _redactor.Redact(encoded).ShouldContain(Redactor.Mask);
        _redactor.Redact(encoded).ShouldNotContain(inside);
    }

    [Fact]
    public void Overlapping_secrets_are_hidden_together()
    {
        _redactor.Learn("abcdef");
        _redactor.Learn("defghi");

        _redactor.Redact("-abcdefghi-").ShouldBe($"-{Redactor.Mask}-");
    }

    [Fact]
    public void Every_line_of_a_secret_is_secret_however_it_is_indented()
    {
        _redactor.Learn("first-line-1\nsecond-line-2\n");

        _redactor.Redact("  key: |\n    first-line-1\n    second-line-2\n").ShouldNotContain("line");
    }

    [Theory]
    [InlineData("Authorization: Bearer abcdefghijklmnop12345")]
    [InlineData("ghp_0123456789abcdef0123456789abcdef0123")]
    [InlineData("glpat-0123456789abcdefghij")]
    [InlineData("ops_eyJzaWduSW5BZGRyZXNzIjoi01234")]
    [InlineData("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQ")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl")]
    [InlineData("client-key-data: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUQ=")]
    [InlineData("    key: LS0tLS1CRUdJTiBFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0K")]
    [InlineData("\"password\": \"hunter2hunter2\"")]
    [InlineData("https://bot:hunter2hunter2@git.example.com/x.git")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIDx\n-----END EC PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMHcCAQEEIDx cut off here")]
    public void What_looks_like_a_secret_is_hidden_without_being_known(string text)
    {
        var shown = _redactor.Redact(text);

        shown.ShouldContain(Redactor.Mask);
        shown.ShouldNotMatch("hunter2|0123456789|MHcCAQ|abcdefghijklmnop|c2lnbmF0dXJl|QQQQ|BFRDI1NTE5");
    }

    [Theory]
    [InlineData("waiting for 2 of 3 pods of daemonset kube-system/cilium")]
    [InlineData("certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=")]
    [InlineData("Bearer authentication is on")]
    [InlineData("https://10.25.11.17:6443/healthz")]
    public void Ordinary_words_stay(string text) => _redactor.Redact(text).ShouldBe(text);

    [Fact]
    public void A_secret_never_leaks_wherever_the_stream_is_cut()
    {
        const string Key = "-----BEGIN PRIVATE KEY-----\nMHcCAQEE\nIDx4\n-----END PRIVATE KEY-----";
        var text =
            string.Join('\n', FormsOf(Secret).Append("a ghp_0123456789abcdef0123456789abcdef0123 b").Append(Key))
            + "\nend\n";
        var cuts = Gen.Choose(0, text.Length).ListOf().Select(list => list.Order().ToArray()).ToArbitrary();

        Prop.ForAll(
                cuts,
                places =>
                {
                    var shown = Stream(text, places);
                    shown.ShouldBe(_redactor.Redact(text));
                    shown.ShouldNotMatch("w0rd|MHcC|0123456789");
                    shown.ShouldEndWith("end\n");
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_secret_of_several_lines_never_leaks_wherever_the_stream_is_cut()
    {
        const string Short = "ab\ncd\nef\ngh";
        _redactor.Learn(Short);
        var text = $"1\nab\ncd\nno\n{Short}\nend\n";

        for (var cut = 0; cut <= text.Length; cut++)
            Stream(text, [cut]).ShouldBe($"1\nab\ncd\nno\n{Redactor.Mask}\nend\n");
    }

    [Fact]
    public void A_line_without_end_is_shown_and_a_secret_in_it_is_not()
    {
        var text = new string('x', 70_000) + Secret + new string('y', 70_000);
        var pieces = Enumerable.Range(0, text.Length / 1000).Select(piece => piece * 1000).ToArray();

        Stream(text, pieces).ShouldBe(_redactor.Redact(text));
    }

    [Fact]
    public void A_key_without_end_keeps_little_in_memory_and_shows_nothing_of_itself()
    {
        var stream = _redactor.Stream();
        var shown = new StringBuilder(stream.Push("-----BEGIN PRIVATE KEY-----\n"));

        for (var line = 0; line < 1_000; line++)
            shown.Append(stream.Push("MHcCAQEEIDx0123456789MHcCAQEEIDx0123456789MHcCAQEEIDx0123456789\n"));

        shown.Append(stream.Finish());
        shown.ToString().ShouldBe(Redactor.Mask);
    }

    private string Stream(string text, IReadOnlyList<int> cuts)
    {
        var stream = _redactor.Stream();
        var shown = new StringBuilder();
        var at = 0;

        foreach (var cut in cuts.Append(text.Length))
        {
            shown.Append(stream.Push(text.AsSpan(at, cut - at)));
            at = cut;
        }

        return shown.Append(stream.Finish()).ToString();
    }

    private static IEnumerable<string> FormsOf(string secret) =>
        [
            secret,
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
            Uri.EscapeDataString(secret),
            WebUtility.UrlEncode(secret),
            JsonEncodedText.Encode(secret).ToString(),
        ];
}
