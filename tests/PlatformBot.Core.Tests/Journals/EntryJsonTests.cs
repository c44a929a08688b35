using System.Text.Json;
using System.Text.Json.Serialization;
using PlatformBot.Core.Approvals;
using PlatformBot.Core.Freezes;
using PlatformBot.Core.Incidents;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.Core.Tests.Runs;
using PlatformBot.TestKit;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Journals;

/// <summary>What is written in journals stays readable for ever: a change here is a change of the format.</summary>
public sealed class EntryJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Failure No = new(2, "exit 1: no <way>", "helm list", 1, "no", "Ask again.", "- a pod");

    private static readonly List<Pin> Inputs =
    [
        Pin.OfCluster("infra", uid: null, "connection refused"),
        Pin.OfFile("talos/x.yaml", sha256: null),
        Pin.OfTool("talosctl", "ab12"),
    ];

    private static readonly RunEvent[] OneOfEach =
    [
        new RunEvent.ApprovalAsked("infra/foundation", "d1", 2, Noon),
        new RunEvent.ApprovalAsked("infra/foundation", "d1", 2, Noon, null, Inputs),
        new RunEvent.ApprovalAsked(
            "infra/foundation",
            "d1",
            1,
            Noon,
            null,
            null,
            new Comparison(41, (List<string>)["+ a"])
        ),
        new RunEvent.ApprovalCarried(
            "infra/foundation",
            41,
            (List<CarriedVote>)[new CarriedVote(new Person("u-grace", "grace"), Noon, (List<string>)["security"])]
        ),
        new RunEvent.InputsSeen("infra/foundation", (List<Pin>)[Pin.OfCluster("infra", "5d0e-uid")]),
        new RunEvent.Voted("infra/foundation", Decision.Approve, "d1", null, "button"),
        new RunEvent.Voted("infra/foundation", Decision.Approve, "d1", null, "dialog", "infra"),
        new RunEvent.Voted("infra/foundation", Decision.Deny, "d1", "not “now”", "slash"),
        new RunEvent.Voted("infra/foundation", Decision.Approve, "d1", null, "button")
        {
            Origin = new Origin("button", "post 4xp9fdt7", "10.0.0.7"),
        },
        new RunEvent.Voted("infra/foundation", Decision.Approve, "d1", null, "console")
        {
            Origin = new Origin("console", "grace@laptop", "uid 0", new Signed("PlatformBot vote\n", "-----BEGIN\n")),
        },
        new RunEvent.ApprovalExpired("infra/foundation"),
        new RunEvent.StepAlreadyDone("infra/cilium", "3 of 3 pods ready"),
        new RunEvent.StepStarted("infra/cilium", 1),
        new RunEvent.ProcessStarted("infra/cilium", "helm", 4711, "123456", "b007-1d"),
        new RunEvent.StepActed("infra/cilium", "exit 0"),
        new RunEvent.StepSucceeded("infra/cilium", "3 of 3 pods ready"),
        new RunEvent.StepFailed("infra/cilium", No, Noon),
        new RunEvent.StepFailed("infra/cilium", No with { Command = null, ExitCode = null, Explanation = null }, null),
        new RunEvent.StepTurnedRed("infra/cilium", No),
        new RunEvent.StepTakenBack("infra/cilium", No),
        new RunEvent.StepNotTakenBack("infra/cilium", No),
        new RunEvent.StepInterrupted("infra/cilium"),
        new RunEvent.StepCancelled("infra/cilium", "stopped because the run was cancelled"),
        new RunEvent.StepRetried("infra/cilium"),
        new RunEvent.StepSkipped("infra/cilium", "by hand"),
        new RunEvent.EvidenceGiven("infra/router", "3 peers"),
        new RunEvent.EvidenceGiven(
            "infra/router",
            "3 peers",
            new List<EvidenceFile> { new("bgp.txt", 1200, "ab12", "post7") }
        ),
        new RunEvent.EvidenceConfirmed("infra/router", 41, "I see them, too"),
        new RunEvent.EvidenceRejected("infra/router", 41, "only 2 peers"),
        new RunEvent.ApprovalAsked("rollback", "d1", 1, Noon, new Person("u-ada", "ada")),
        new RunEvent.LocksTaken((List<string>)["cluster/infra", "git"]),
        new RunEvent.UnlockAsked("it hangs"),
        new RunEvent.LocksGivenUp(),
        new RunEvent.Paused(null),
        new RunEvent.Paused("wait for the backup"),
        new RunEvent.Resumed(),
        new RunEvent.RollbackAsked("wrong window"),
        new RunEvent.RollbackStarted("infra/cilium"),
        new RunEvent.StepRolledBack("infra/cilium", "gone"),
        new RunEvent.RollbackFailed("infra/cilium", No),
        new RunEvent.CancelAsked(null),
        new RunEvent.CancelAsked("enough"),
        new RunEvent.Ended(RunState.Denied, "denied by @grace"),
        new RunEvent.Closed(),
        new RunEvent.IncidentReported("infra/cilium", new IssueLink(17, "https://github.example/17")),
        new RunEvent.IncidentClosed("infra/cilium"),
        new RunEvent.Announced("card", "ops", "p1"),
        new RunEvent.NoticePosted("freeze:3", "ops", "p1"),
        new RunEvent.NamePinned("channel:security", "4xp9fdt7"),
        new RunEvent.ClusterPinned("infra", "0c64ddfe", "https://10.0.0.1:6443"),
        new RunEvent.ClusterUnpinned("infra", "0c64ddfe", "rebuilt after the flood"),
        new RunEvent.RulesRead("{\"roles\":{}}"),
        new RunEvent.NoticeClosed("freeze:3"),
        new RunEvent.Frozen(Freeze with { By = null }),
        new RunEvent.Frozen(Freeze with { By = null, Until = null }),
        new RunEvent.ThawAsked(2, Freeze, "the fix cannot wait", "f2", 1, Noon.AddHours(4)),
        new RunEvent.ThawVoted(2, Decision.Approve, "f2", null),
        new RunEvent.ThawVoted(2, Decision.Deny, "f2", "it can"),
        new RunEvent.ThawExpired(2),
        new RunEvent.Thawed(2),
        new RunEvent.ApprovedAlone("infra/foundation", "d1", "the router burns", 4, "oncall"),
        new RunEvent.GlassBroken(4, 42, "infra/foundation", "d1", "the router burns"),
        new RunEvent.GlassReviewed(4, "it did burn"),
        new RunEvent.Refused("approve", "four eyes"),
        new RunEvent.Suspected("a forged button", "10.0.0.7"),
        new RunEvent.Exported("run 42", new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero), "note7"),
        new RunEvent.ConsoleOpened("ab12"),
    ];

    private static Freeze Freeze =>
        new("3", "the release", (List<string>)["infra"], Noon, Noon.AddHours(2), new Person("u-ada", "ada"));

    [Fact]
    public void Every_kind_of_entry_is_written_as_it_always_was() =>
        string.Concat(OneOfEach.Select(what => $"{EntryJson.Write(what)}\n")).ShouldMatchSnapshot("entries");

    [Fact]
    public void What_was_written_is_read_as_it_was()
    {
        foreach (var what in OneOfEach)
            EntryJson.Read(EntryJson.Write(what)).ShouldBeEquivalentTo(what);
    }

    /// <summary>The plan of a run has a page of its own.</summary>
    [Fact]
    public void No_kind_is_missing_here() =>
        typeof(RunEvent)
            .GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
            .Cast<JsonDerivedTypeAttribute>()
            .Select(kind => kind.DerivedType)
            .ShouldBe(
                OneOfEach.Select(what => what.GetType()).Append(typeof(RunEvent.Planned)).Distinct(),
                ignoreOrder: true
            );

    [Fact]
    public void A_plan_goes_into_the_journal_and_comes_back_with_its_digest()
    {
        var planned = new RunEvent.Planned(Plans.Of(Plans.Step("a") with { Destructive = "wipes it" }), "ops");

        var read = (RunEvent.Planned)EntryJson.Read(EntryJson.Write(planned));

        PlanJson.Write(read.Plan).ShouldBe(PlanJson.Write(planned.Plan));
        read.Channel.ShouldBe("ops");
    }

    [Theory]
    [InlineData("null", "body is null")]
    [InlineData("{}", "says no kind")]
    [InlineData("""{"kind":"from-a-newer-version","step":"a"}""", "from-a-newer-version")]
    [InlineData("""{"step":"a"}""", "says no kind")]
    [InlineData("not JSON", "is an invalid JSON literal")]
    public void What_is_no_entry_of_this_version_is_refused(string body, string why) =>
        Should.Throw<JsonException>(() => EntryJson.Read(body)).Message.ShouldContain(why);

    /// <summary>Worked out by another program: sha256sum over the seven lines.</summary>
    [Fact]
    public void The_chain_is_made_of_every_field() =>
        EntryJson
            .Hash(EntryJson.Genesis, 7, 42, Noon, new Person("u-ada", "ada"), """{"kind":"closed"}""")
            .ShouldBe("2aeee9ff325b01df2d97b9d8c542f4821f120c46bab632268e202aba60295c88");

    [Fact]
    public void What_belongs_to_no_run_has_an_empty_line_for_it() =>
        EntryJson
            .Hash(EntryJson.Genesis, 7, null, Noon, new Person("u-ada", "ada"), """{"kind":"closed"}""")
            .ShouldBe("1f891dc5884ed3b9887559fa6255778ac2c27d2e38766bedc943b0b7029374fb");

    [Fact]
    public void The_same_moment_has_the_same_hash_in_every_zone() =>
        EntryJson
            .Hash(EntryJson.Genesis, 7, 42, Noon.ToOffset(TimeSpan.FromHours(2)), new Person("u-ada", "ada"), "{}")
            .ShouldBe(EntryJson.Hash(EntryJson.Genesis, 7, 42, Noon, new Person("u-ada", "ada"), "{}"));
}
