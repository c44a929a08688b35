using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Checks;

public sealed class ExpectationsTests
{
    private const string Deployment =
        """{ "spec": { "replicas": 2 }, "status": { "names": ["a", "b"], "none": null } }""";

    [Fact]
    public void What_was_seen_and_what_was_expected_stand_in_one_line()
    {
        Look(new Expectation { Path = ".spec.replicas", EqualTo = "3" })
            .ShouldBe("no: path .spec.replicas is 2, expected 3");
        Look(new Expectation { Path = ".spec.replicas", EqualTo = "2" }).ShouldBe("yes: path .spec.replicas is 2");
        Look(new Expectation { Path = ".spec.replicas", AtLeast = 2 }).ShouldBe("yes: path .spec.replicas is 2");
        Look(new Expectation { Path = ".spec.replicas", AtLeast = 2.5 })
            .ShouldBe("no: path .spec.replicas is 2, expected at least 2.5");
        Look(new Expectation { Path = ".spec.size", EqualTo = "2" }).ShouldBe("no: path .spec.size does not exist");
        Look(new Expectation { Path = ".status.names", Count = 2 }).ShouldBe("yes: path .status.names finds 2");
        Look(new Expectation { Path = ".status.names[*]", Count = 3 })
            .ShouldBe("no: path .status.names[*] finds 2, expected 3");
        Look(new Expectation { Path = ".status.none", Exists = true }).ShouldBe("no: path .status.none does not exist");
        Look(new Expectation { Path = ".status.gone", Exists = false })
            .ShouldBe("yes: path .status.gone does not exist");
    }

    [Fact]
    public void With_a_star_every_value_must_hold()
    {
        Look(new Expectation { Path = ".status.names[*]", EqualTo = "a" })
            .ShouldBe("no: path .status.names[*] is b, expected a");
        Look(new Expectation { Path = ".status.empty[*]", EqualTo = "a" })
            .ShouldBe("no: path .status.empty[*] does not exist");
    }

    [Fact]
    public void A_command_that_failed_proves_nothing_by_what_it_did_not_print()
    {
        var failed = new Seen(1, "", "error: connection refused\n");
        var lacks = new Expectation { Lacks = "Degraded" };

        Judge(failed, lacks).ShouldBe("no: exit 1: error: connection refused");
        Judge(failed).ShouldBe("no: exit 1: error: connection refused");
        Judge(failed, lacks, new Expectation { Exit = 1 }).ShouldBe("yes: exit is 1");
        Judge(new Seen(0, "ok")).ShouldBe("yes: exit 0");
    }

    [Fact]
    public void Text_is_looked_at_in_either_stream()
    {
        var seen = new Seen(0, "all good\n", "a warning\n");

        Judge(seen, new Expectation { Contains = "good" }).ShouldBe("yes: stdout contains good");
        Judge(seen, new Expectation { Contains = "bad" }).ShouldBe("no: stdout does not contain bad: \"all good\"");
        Judge(seen, new Expectation { Contains = "warning", In = "stderr" }).ShouldBe("yes: stderr contains warning");
        Judge(seen, new Expectation { Lacks = "all good" }).ShouldBe("no: stdout contains \"all good\"");
        Judge(seen, new Expectation { EqualTo = "all good" }).ShouldBe("yes: stdout is \"all good\"");
    }

    [Fact]
    public void Several_documents_are_only_read_when_the_last_is_asked_for()
    {
        var seen = new Seen(0, "{\"n\":1}\n{\"n\":2}\n");

        Judge(
                seen,
                new Expectation
                {
                    Path = ".n",
                    EqualTo = "2",
                    Last = true,
                }
            )
            .ShouldBe("yes: path .n is 2");
        Judge(seen, new Expectation { Path = ".n", EqualTo = "1" })
            .ShouldBe("no: stdout holds several JSON documents; `last: true` reads the last one");
    }

    [Theory]
    [InlineData("", "stdout is empty, expected JSON")]
    [InlineData(" \n", "stdout is empty, expected JSON")]
    [InlineData("oops", "stdout is not JSON: oops")]
    [InlineData("{\"a\":", "stdout is not JSON: {\"a\":")]
    public void What_is_not_json_is_quoted(string output, string words) =>
        Judge(new Seen(0, output), new Expectation { Path = ".a", EqualTo = "1" }).ShouldBe("no: " + words);

    private static string Look(Expectation expectation) => Judge(new Seen(null, Deployment), expectation);

    private static string Judge(Seen seen, params Expectation[] expected)
    {
        var outcome = Expectations.Judge(expected, seen);
        return $"{(outcome.Holds == true ? "yes" : "no")}: {outcome.Saw}";
    }
}
