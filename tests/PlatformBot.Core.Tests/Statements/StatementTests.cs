using PlatformBot.Core.Approvals;
using PlatformBot.Core.Statements;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Statements;

/// <summary>What people sign is a format: one way to write it, and nothing in it that cannot be seen.</summary>
public sealed class StatementTests
{
    private static readonly string Bot = Sha256.Of("the first entry");
    private static readonly string Digest = Sha256.Of("the plan");
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly CommandStatement Command = new(
        Bot,
        "ada",
        "ada@laptop",
        "deploy infra",
        Sha256.Of("nonce"),
        Noon
    );
    private static readonly VoteStatement Vote = new(
        Bot,
        new RunId(42),
        "infra/foundation",
        Digest,
        Noon.AddHours(4).AddTicks(7),
        Decision.Deny,
        "not during the release: wait",
        "grace",
        Noon
    );

    [Fact]
    public void A_command_reads_like_a_letter() =>
        Command.Text.ShouldBe(
            $"""
            PlatformBot command, version 1
            bot: {Bot}
            person: ada
            from: ada@laptop
            command: deploy infra
            nonce: {Command.Nonce}
            at: 2026-11-21T12:00:00.0000000Z

            """
        );

    [Fact]
    public void A_vote_names_everything_that_it_is_bound_to() =>
        Vote.Text.ShouldBe(
            $"""
            PlatformBot vote, version 1
            bot: {Bot}
            run: 42
            approval: infra/foundation
            plan: {Digest}
            expires: 2026-11-21T16:00:00.0000007Z
            decision: deny: not during the release: wait
            person: grace
            at: 2026-11-21T12:00:00.0000000Z

            """
        );

    [Fact]
    public void What_is_written_is_read_back()
    {
        CommandStatement.Parse(Command.Text).ShouldBe(Command);
        VoteStatement.Parse(Vote.Text).ShouldBe(Vote);
        var yes = Vote with { Decision = Decision.Approve, Words = null };
        VoteStatement.Parse(yes.Text).ShouldBe(yes);
    }

    [Fact]
    public void A_vote_is_no_command_and_a_command_is_no_vote()
    {
        CommandStatement.Parse(Vote.Text).ShouldBeNull();
        VoteStatement.Parse(Command.Text).ShouldBeNull();
        CommandStatement.Namespace.ShouldNotBe(VoteStatement.Namespace);
    }

    [Theory]
    [InlineData("deploy infra\nnonce: 00", "a line of its own")]
    [InlineData("deploy\u202Einfra", "a direction mark")]
    [InlineData("deploy in\u200Bfra", "a zero-width space")]
    [InlineData("deploy\tinfra", "a tab")]
    [InlineData("deploy\u0000infra", "NUL")]
    [InlineData("deploy\rinfra", "a carriage return")]
    [InlineData("deploy \u3164", "a letter that is not seen")]
    [InlineData("deploy \ud800", "half a letter")]
    public void Nobody_signs_what_cannot_be_seen(string command, string why) =>
        CommandStatement.Parse((Command with { Command = command }).Text).ShouldBeNull(why);

    [Theory]
    [InlineData("-f")]
    [InlineData("ada,grace")]
    [InlineData("*")]
    [InlineData("!ada")]
    [InlineData("ada grace")]
    [InlineData("ada?")]
    [InlineData("")]
    public void A_name_is_neither_an_option_nor_a_pattern(string name)
    {
        Signer.IsName(name).ShouldBeFalse();
        CommandStatement.Parse((Command with { Person = name }).Text).ShouldBeNull();
        VoteStatement.Parse((Vote with { Person = name }).Text).ShouldBeNull();
    }

    [Theory]
    [InlineData("run: 42", "run: #42")]
    [InlineData("run: 42", "run: 042")]
    [InlineData("run: 42", "run:  42")]
    [InlineData("decision: deny: ", "decision: maybe: ")]
    [InlineData("approval: ", "Approval: ")]
    [InlineData("version 1", "version 2")]
    [InlineData(".0000007Z", ".0000007+00:00")]
    [InlineData("\nperson: grace", "\nperson: grace\nperson: ada")]
    [InlineData("\nat: ", "\n\nat: ")]
    public void There_is_one_way_to_write_it(string said, string instead)
    {
        Vote.Text.ShouldContain(said);
        VoteStatement.Parse(Vote.Text.Replace(said, instead, StringComparison.Ordinal)).ShouldBeNull();
    }

    [Fact]
    public void A_file_is_taken_apart_into_statement_and_signature()
    {
        var signed = Signed.Of(Vote.Text, "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----")!;

        Signed.Parse(signed.ToText()).ShouldBe(signed);
        Signed.Parse(signed.ToText().Replace("\n", "\r\n", StringComparison.Ordinal)).ShouldBe(signed);
        Signed.Parse(Vote.Text).ShouldBeNull();
        Signed.Parse(signed.Signature).ShouldBeNull();
        Signed.Of(new string('x', 20_000), signed.Signature).ShouldBeNull();
        Signed.Of(Vote.Text, $"{signed.Signature}and more").ShouldBeNull();
    }
}
