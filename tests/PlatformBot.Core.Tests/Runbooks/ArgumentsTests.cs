using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Runbooks;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Runbooks;

public sealed class ArgumentsTests : IDisposable
{
    private readonly CatalogueFolder _folder = new CatalogueFolder().With(
        "scale.yaml",
        """
        command: scale
        summary: Scales something
        arguments:
          - { name: node, type: node }
          - { name: mode, type: choice, values: [slow, fast] }
          - { name: replicas, type: number, default: 3 }
          - { name: reason, type: text, optional: true }
          - { name: from, type: phase, optional: true }
          - { name: to, type: version, optional: true }
        phases:
          - phase: only
            title: Only
            steps: [{ step: a, run: [helm, "${{ arguments.node.address }}", "${{ arguments.replicas }}"], proves-itself: true }]
        """
    );

    [Theory]
    [InlineData("apps-01 fast", "node=apps-01 mode=fast replicas=3")]
    [InlineData("apps-01 fast 5 \"for the test\"", "node=apps-01 mode=fast replicas=5 reason=for the test")]
    [InlineData("--mode slow apps-01 --from=only", "node=apps-01 mode=slow replicas=3 from=only")]
    [InlineData("apps-01 slow to=1.11.3", "node=apps-01 mode=slow replicas=3 to=1.11.3")]
    [InlineData("apps-01 slow to=edge-25.10.7", "node=apps-01 mode=slow replicas=3 to=edge-25.10.7")]
    [InlineData("mode=slow apps-01 from=only", "node=apps-01 mode=slow replicas=3 from=only")]
    [InlineData(
        "apps-01 slow reason='$(reboot); a=b | c'",
        "node=apps-01 mode=slow replicas=3 reason=$(reboot); a=b | c"
    )]
    public void Words_are_bound_in_order_or_by_name(string typed, string bound) => Bind(typed).ShouldBe(bound);

    // csharpier-ignore-start - one refusal per row
    [Theory]
    [InlineData("", "'node' is missing. Usage: scale <node> <mode> [replicas] [reason] [from] [to]. Allowed: infra-01, infra-02, apps-01, apps-02.")]
    [InlineData("app-01 fast", "'app-01' is not allowed for 'node'. Did you mean 'apps-01'? Allowed: infra-01, infra-02, apps-01, apps-02.")]
    [InlineData("apps-01 fsat", "'fsat' is not allowed for 'mode'. Did you mean 'fast'? Allowed: slow, fast.")]
    [InlineData("apps-01 fast many", "'many' is not a whole number, which 'replicas' must be. Write digits only, such as 3.")]
    [InlineData("apps-01 fast --force", "'--force' starts with a dash, and is no argument of this runbook. Write name=value. Usage: scale <node> <mode> [replicas] [reason] [from] [to]")]
    [InlineData("apps-01 fast --reason -rf", "The value for 'reason' starts with a dash. Begin it with another character: a program would take it for one of its flags.")]
    [InlineData("apps-01 fast --replicas", "'' is not a whole number, which 'replicas' must be. Write digits only, such as 3.")]
    [InlineData("apps-01 fast reason=-rf", "The value for 'reason' starts with a dash. Begin it with another character: a program would take it for one of its flags.")]
    [InlineData("apps-01 fast reason=\"a\u0000b\"", "The value for 'reason' contains characters that cannot be seen. Type it by hand, on one line.")]
    [InlineData("apps-01 fast reason=\"a\nb\"", "The value for 'reason' contains characters that cannot be seen. Type it by hand, on one line.")]
    [InlineData("apps-01 fast mdoe=slow", "There is no argument 'mdoe'. Did you mean 'mode='? Usage: scale <node> <mode> [replicas] [reason] [from] [to]")]
    [InlineData("apps-01 fast mode=slow mode=fast", "'mode' is given twice. Give it once. Usage: scale <node> <mode> [replicas] [reason] [from] [to]")]
    [InlineData("apps-01 fast 1 why only 1.2.3 more", "'more' is one argument too many. Usage: scale <node> <mode> [replicas] [reason] [from] [to]")]
    // csharpier-ignore-end
    public void What_may_not_be_is_refused_with_what_is_allowed(string typed, string refusal) => Bind(typed).ShouldBe(refusal);

    [Theory]
    [InlineData("v1.11.3")]
    [InlineData("1.11")]
    [InlineData("latest")]
    [InlineData("1.11.3;reboot")]
    [InlineData("1.11.3@sha256:00")]
    [InlineData("../1.11.3")]
    [InlineData("1.12.0-beta.1")]
    [InlineData("01.11.3")]
    [InlineData("1.11.33333")]
    [InlineData("١.١١.٣")]
    public void What_is_no_release_is_no_version(string typed) =>
        Bind($"apps-01 fast \"to={typed}\"")
            .ShouldBe(
                $"'{typed}' is not a version, which 'to' must be. Write the three numbers of a release, such as 1.11.3 (or edge-25.10.7 where releases are called so), without a v in front."
            );

    [Fact]
    public void Text_that_is_too_long_is_refused() =>
        Bind($"apps-01 fast reason={new string('x', 64_000)}").ShouldBe("The value for 'reason' is longer than 200 characters. Shorten it.");

    [Fact]
    public void A_quote_that_is_never_closed_is_refused()
    {
        CommandWords.Split("bootstrap \"infra").Ok(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe("A quote is opened and never closed.");
    }

    [Fact]
    public void A_quoted_word_comes_out_as_it_went_in() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>(
                (left, right) =>
                    CommandWords.Split($"{CommandWords.Quote(left.Get)}  {CommandWords.Quote(right.Get)}").Ok(out var words, out _)
                    && words.SequenceEqual([left.Get, right.Get], StringComparer.Ordinal)
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_the_splitter_or_the_binder_crash() =>
        Prop.ForAll<NonNull<string>>(text => Bind(text.Get) is not null).QuickCheckThrowOnFailure();

    private string Bind(string typed)
    {
        var catalogue = _folder.Read();
        var runbook = catalogue.Runbooks.Single();

        if (!CommandWords.Split(typed).Ok(out var words, out var refusal)
            || !Arguments.Bind(runbook, catalogue.Inventory, words).Ok(out var bound, out refusal))
        {
            return $"{refusal.Reason} {refusal.Hint}";
        }

        return string.Join(' ', bound.Select(it => $"{it.Parameter.Name}={it.Value}"));
    }

    public void Dispose() => _folder.Dispose();
}
