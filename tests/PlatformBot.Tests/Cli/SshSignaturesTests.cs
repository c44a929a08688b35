using PlatformBot.Core.Statements;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Cli;

/// <summary>Whose signature counts, as the real ssh-keygen judges it.</summary>
public sealed class SshSignaturesTests : IAsyncLifetime
{
    private const string Use = CommandStatement.Namespace;
    private const string Text = "PlatformBot command, version 1\ncommand: deploy infra\n";

    private readonly KeyRing _keys = new();
    private Signed _signed = null!;

    public async ValueTask InitializeAsync()
    {
        await _keys.WithAsync("ada", "grace");
        _signed = await _keys.SignAsync("ada", Text, Use);
    }

    public ValueTask DisposeAsync()
    {
        _keys.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_somebody_signed_is_theirs_and_nobody_elses()
    {
        (await SaysAsync(_signed, "ada")).Holds.ShouldBe(true);
        (await SaysAsync(_signed, "grace")).ShouldBe(new(false, "The key is not grace's but ada's."));
        (await SaysAsync(_signed, "mallory")).Holds.ShouldBe(false);
    }

    [Fact]
    public async Task A_change_of_any_byte_is_seen()
    {
        for (var at = 0; at < Text.Length; at += 7)
        {
            var changed = string.Concat(Text.AsSpan(0, at), Text[at] == 'x' ? "y" : "x", Text.AsSpan(at + 1));
            (await SaysAsync(_signed with { Statement = changed }, "ada")).Holds.ShouldBe(false, changed);
        }

        (await SaysAsync(_signed with { Statement = $"{Text}\n" }, "ada")).Holds.ShouldBe(false);
        (await SaysAsync(_signed with { Statement = Text.TrimEnd() }, "ada")).Holds.ShouldBe(false);
    }

    [Fact]
    public async Task A_signature_for_another_use_is_none() =>
        (await _keys.Signatures().CheckAsync(_signed, "ada", VoteStatement.Namespace, Stop)).Holds.ShouldBe(false);

    [Fact]
    public async Task A_key_that_is_in_no_line_is_nobodys()
    {
        await _keys.MakeAsync("stranger");
        var signed = await _keys.SignAsync("stranger", Text, Use);

        (await SaysAsync(signed, "ada")).Holds.ShouldBe(false);
        (await SaysAsync(signed, "stranger")).Holds.ShouldBe(false);
    }

    [Theory]
    [InlineData("ada,grace", "several people")]
    [InlineData("*", "a pattern")]
    [InlineData("a*", "a pattern")]
    [InlineData("ada valid-before=\"20200101Z\"", "valid no more")]
    [InlineData("ada valid-after=\"20900101Z\"", "not valid yet")]
    [InlineData("ada namespaces=\"platformbot@vote\"", "another use only")]
    [InlineData("ada cert-authority", "certificates only")]
    public async Task A_line_that_gives_the_key_otherwise_does_not_count(string principals, string why)
    {
        _keys.Replace($"{principals} {_keys.Public("ada")}");
        (await SaysAsync(_signed, "ada")).Holds.ShouldBe(false, why);
    }

    [Fact]
    public async Task A_line_with_the_right_limits_counts()
    {
        _keys.Replace(
            $"ada namespaces=\"{Use}\",valid-after=\"20200101Z\",valid-before=\"20900101Z\" {_keys.Public("ada")}"
        );
        (await SaysAsync(_signed, "ada")).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task A_key_that_stands_under_two_names_is_the_first_ones()
    {
        _keys.Replace($"ada {_keys.Public("ada")}", $"grace {_keys.Public("ada")}");
        (await SaysAsync(_signed, "ada")).Holds.ShouldBe(true);
        (await SaysAsync(_signed, "grace")).Holds.ShouldBe(false);
    }

    [Fact]
    public async Task The_list_is_read_anew_each_time()
    {
        var signatures = _keys.Signatures();
        (await signatures.CheckAsync(_signed, "ada", Use, Stop)).Holds.ShouldBe(true);
        _keys.Replace($"grace {_keys.Public("grace")}");
        (await signatures.CheckAsync(_signed, "ada", Use, Stop)).Holds.ShouldBe(false);
    }

    [Fact]
    public async Task A_revoked_key_does_not_count()
    {
        _keys.Revoke("ada");
        (await SaysAsync(_signed, "ada")).Holds.ShouldBe(false);
        (await SaysAsync(await _keys.SignAsync("grace", Text, Use), "grace")).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task Without_the_list_nothing_can_be_told()
    {
        File.Delete(_keys.AllowedSigners);
        (await SaysAsync(_signed, "ada")).Holds.ShouldBeNull();
    }

    [Fact]
    public async Task A_list_that_others_may_write_proves_nothing()
    {
        _keys.MayBeWrittenByOthers(true);
        (await SaysAsync(_signed, "ada")).Holds.ShouldBeNull();

        _keys.MayBeWrittenByOthers(false);
        var link = $"{_keys.AllowedSigners}-link";
        File.CreateSymbolicLink(link, _keys.AllowedSigners);
        (await _keys.Signatures(link).CheckAsync(_signed, "ada", Use, Stop)).Holds.ShouldBe(true);
    }

    [Fact]
    public async Task A_program_that_never_answers_is_not_waited_for_and_tells_nothing()
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        var mute = _keys.Mute();
        var checking = _keys.SignaturesBy(mute, clock).CheckAsync(_signed, "ada", Use, Stop);

        while (!File.Exists($"{mute}.started"))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);

        clock.Advance(TimeSpan.FromSeconds(11));
        (await checking).ShouldBe(new(null, "ssh-keygen did not answer in time."));
    }

    [Fact]
    public async Task A_program_that_is_not_there_tells_nothing() =>
        (
            await _keys.SignaturesBy("/nowhere/ssh-keygen", TimeProvider.System).CheckAsync(_signed, "ada", Use, Stop)
        ).Holds.ShouldBeNull();

    [Fact]
    public async Task A_name_never_becomes_an_option()
    {
        _keys.Replace($"-ada {_keys.Public("ada")}");
        (await SaysAsync(_signed, "-ada")).Holds.ShouldBe(false);
    }

    private Task<SignatureFinding> SaysAsync(Signed signed, string person) =>
        _keys.Signatures().CheckAsync(signed, person, Use, Stop);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
