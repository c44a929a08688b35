using PlatformBot.Core.Checks;
using PlatformBot.Core.Planning;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Checks;

public sealed class ExpectationsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);

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
        var failed = new Seen(1, "", "error: connection refused\n") { At = Now };
        var lacks = new Expectation { Lacks = "Degraded" };

        Judge(failed, lacks).ShouldBe("no: exit 1: error: connection refused");
        Judge(failed).ShouldBe("no: exit 1: error: connection refused");
        Judge(failed, lacks, new Expectation { Exit = 1 }).ShouldBe("yes: exit is 1");
        Judge(new Seen(0, "ok") { At = Now }).ShouldBe("yes: exit 0");
    }

    [Fact]
    public void Text_is_looked_at_in_either_stream()
    {
        var seen = new Seen(0, "all good\n", "a warning\n") { At = Now };

        Judge(seen, new Expectation { Contains = "good" }).ShouldBe("yes: stdout contains good");
        Judge(seen, new Expectation { Contains = "bad" }).ShouldBe("no: stdout does not contain bad: \"all good\"");
        Judge(seen, new Expectation { Contains = "warning", In = "stderr" }).ShouldBe("yes: stderr contains warning");
        Judge(seen, new Expectation { Lacks = "all good" }).ShouldBe("no: stdout contains \"all good\"");
        Judge(seen, new Expectation { EqualTo = "all good" }).ShouldBe("yes: stdout is \"all good\"");
    }

    [Fact]
    public void Several_documents_are_only_read_when_the_last_is_asked_for()
    {
        var seen = new Seen(0, "{\"n\":1}\n{\"n\":2}\n") { At = Now };

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
        Judge(new Seen(0, output) { At = Now }, new Expectation { Path = ".a", EqualTo = "1" })
            .ShouldBe("no: " + words);

    [Fact]
    public void Numbers_are_compared_on_either_side()
    {
        var seen = new Seen(0, "12.5\n") { At = Now };

        Judge(seen, new Expectation { AtMost = 12.5 }).ShouldBe("yes: stdout is 12.5");
        Judge(seen, new Expectation { Below = 12.5 }).ShouldBe("no: stdout is 12.5, expected less than 12.5");
        Judge(seen, new Expectation { Above = 12.4 }).ShouldBe("yes: stdout is 12.5");
        Judge(seen, new Expectation { Above = 12.5 }).ShouldBe("no: stdout is 12.5, expected more than 12.5");
        Judge(seen, new Expectation { AtLeast = 13 }).ShouldBe("no: stdout is 12.5, expected at least 13");
        Judge(new Seen(0, "many") { At = Now }, new Expectation { AtMost = 3 })
            .ShouldBe("no: stdout is many, expected at most 3");
    }

    [Fact]
    public void One_of_several_words_will_do()
    {
        var health = new Expectation { Path = ".health", OneOf = ["HEALTH_OK", "HEALTH_WARN"] };

        Judge(new Seen(0, """{"health":"HEALTH_WARN"}""") { At = Now }, health)
            .ShouldBe("yes: path .health is HEALTH_WARN");
        Judge(new Seen(0, """{"health":"HEALTH_ERR"}""") { At = Now }, health)
            .ShouldBe("no: path .health is HEALTH_ERR, expected one of HEALTH_OK, HEALTH_WARN");
    }

    [Theory]
    [InlineData("2026-11-22T08:00:01Z", "yes: path .at is 2026-11-22T08:00:01Z")]
    [InlineData("2026-11-22T08:00:00Z", "no: path .at is 2026-11-22T08:00:00Z, expected a time less than 1 h ago")]
    [InlineData("2026-11-22T09:30:00+01:00", "yes: path .at is 2026-11-22T09:30:00+01:00")]
    [InlineData("yesterday", "no: path .at is yesterday, expected a time less than 1 h ago")]
    public void What_was_done_lately_is_told_by_its_time(string at, string words) =>
        Judge(
                new Seen(null, $$"""{"at":"{{at}}"}""") { At = Now },
                new Expectation { Path = ".at", YoungerThan = TimeSpan.FromHours(1) }
            )
            .ShouldBe(words);

    [Theory]
    [InlineData("2026-12-06T09:00:00Z", "yes: path .end is 2026-12-06T09:00:00Z")]
    [InlineData("2026-12-06T08:59:59Z", "no: path .end is 2026-12-06T08:59:59Z, expected a time at least 14 d ahead")]
    public void What_ends_is_told_by_how_far_ahead_it_is(string end, string words) =>
        Judge(
                new Seen(null, $$"""{"end":"{{end}}"}""") { At = Now },
                new Expectation { Path = ".end", ValidFor = TimeSpan.FromDays(14) }
            )
            .ShouldBe(words);

    [Fact]
    public void Every_series_that_a_query_finds_must_be_so()
    {
        var both = Found(("{namespace=\"db\"}", "0.9995"), ("{namespace=\"web\"}", "0.98"));

        Judge(both, new Expectation { AtLeast = 0.98 })
            .ShouldBe("yes: is 0.9995 {namespace=\"db\"}, 0.98 {namespace=\"web\"}");
        Judge(both, new Expectation { AtLeast = 0.999 })
            .ShouldBe("no: {namespace=\"web\"} is 0.98, expected at least 0.999");
        Judge(both, new Expectation { Count = 2 }).ShouldBe("yes: the number of series is 2");
        Judge(Found(("", "NaN")), new Expectation { AtMost = 1 }).ShouldBe("no: it is NaN, expected at most 1");
        Judge(Found(("", "NaN")), new Expectation { AtLeast = 1 }).ShouldBe("no: it is NaN, expected at least 1");
        Judge(Found(("", "+Inf")), new Expectation { Below = 1 }).ShouldBe("no: it is +Inf, expected less than 1");
    }

    [Fact]
    public void A_query_that_finds_nothing_has_measured_nothing()
    {
        Judge(Found(), new Expectation { AtMost = 1 })
            .ShouldBe("no: finds nothing: no such series, or nothing was measured");
        Judge(Found(), new Expectation { Count = 0 }).ShouldBe("yes: the number of series is 0");
        Judge(Found(), new Expectation { Exists = false }).ShouldBe("yes: finds nothing");
        Judge(Found(("", "1")), new Expectation { Exists = false }).ShouldBe("no: finds 1");
    }

    [Fact]
    public void An_answer_of_a_server_must_have_a_good_status_unless_another_is_expected()
    {
        var gone = new Seen(null, "no such page")
        {
            At = Now,
            Called = "the answer",
            Status = 404,
        };

        Judge(gone).ShouldBe("no: status 404: \"no such page\"");
        Judge(gone, new Expectation { Contains = "page" }).ShouldBe("no: status 404: \"no such page\"");
        Judge(gone, new Expectation { Status = 404 }, new Expectation { Contains = "page" })
            .ShouldBe("yes: the answer contains page");
        Judge(gone with { Status = 204 }).ShouldBe("yes: status 204");
        Judge(gone with { Status = 302 }, new Expectation { Status = 200 }).ShouldBe("no: status is 302, expected 200");
    }

    private static Seen Found(params (string Labels, string Value)[] series) =>
        new(null, "{}") { At = Now, Samples = [.. series.Select(each => new Sample(each.Labels, each.Value))] };

    private static string Look(Expectation expectation) => Judge(new Seen(null, Deployment) { At = Now }, expectation);

    private static string Judge(Seen seen, params Expectation[] expected)
    {
        var outcome = Expectations.Judge(expected, seen);
        return $"{(outcome.Holds == true ? "yes" : "no")}: {outcome.Saw}";
    }
}
