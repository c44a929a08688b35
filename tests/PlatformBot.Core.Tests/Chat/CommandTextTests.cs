using PlatformBot.Core.Chat;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Chat;

/// <summary>Commands as people read them.</summary>
public sealed class CommandTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "''")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("$(reboot)", "'$(reboot)'")]
    [InlineData("op://vault/item", "op://vault/item")]
    public void A_word_is_written_as_one_would_type_it(string word, string typed) =>
        CommandText.Of([word]).ShouldBe(typed);

    [Fact]
    public void A_short_command_stays_on_its_line() =>
        CommandText.Folded("talosctl bootstrap --nodes 10.25.11.11").ShouldBe("talosctl bootstrap --nodes 10.25.11.11");

    [Fact]
    public void A_long_command_goes_on_in_the_next_line_and_an_option_stays_with_its_value() =>
        CommandText
            .Folded(
                "cilium install --kubeconfig /run/platformbot/kube/infra --context infra --version 1.19.4 --namespace kube-system --wait"
            )
            .ShouldBe(
                """
                cilium install --kubeconfig /run/platformbot/kube/infra --context infra \
                    --version 1.19.4 --namespace kube-system --wait
                """
            );

    [Fact]
    public void No_line_is_longer_than_a_phone_can_bear_unless_a_single_word_is()
    {
        var long_ = string.Join(' ', Enumerable.Range(0, 60).Select(n => $"word-{n}"));

        CommandText.Folded(long_).Split('\n').ShouldAllBe(line => line.Length <= 76);
        CommandText.Folded(new string('x', 200)).ShouldBe(new string('x', 200));
    }

    [Fact]
    public void Unfolded_it_is_the_same_command_again()
    {
        var long_ = string.Join(' ', Enumerable.Range(0, 60).Select(n => $"--option-{n} value-{n}"));

        CommandText.Folded(long_).Replace(" \\\n    ", " ", StringComparison.Ordinal).ShouldBe(long_);
    }

    [Fact]
    public void A_pipe_keeps_its_own_line_ends() =>
        CommandText
            .Folded("minijinja-cli machineconfig.yaml.j2 \\\n  | op inject")
            .ShouldBe("minijinja-cli machineconfig.yaml.j2 \\\n  | op inject");
}
