using PlatformBot.Core.Approvals;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Roles;
using PlatformBot.Core.Runs;
using PlatformBot.Core.Statements;
using PlatformBot.Core.Tests.Runs;
using Shouldly;
using Xunit;
using static PlatformBot.Core.Tests.Runs.Plans;
using static PlatformBot.Core.Tests.Runs.Stage;

namespace PlatformBot.Core.Tests.Approvals;

/// <summary>What a signed vote is worth, with chat and without it, right before something is destroyed.</summary>
public sealed class SignedVoteTests
{
    private static readonly PlannedStep Wipe = Step("wipe") with { Destructive = "wipes it" };

    private static readonly Signed Word = new(
        new CommandStatement(
            Sha256.Of("bot"),
            "grace",
            "grace@laptop",
            "approve 42",
            Sha256.Of("nonce"),
            DateTimeOffset.UnixEpoch
        ).Text,
        "a signature"
    );

    private static readonly Caller By = new(Grace, new Origin("console", Signed: Word));
    private static readonly Reach Wiping = new("deploy", [], []);

    private readonly Keys _keys = new();

    [Fact]
    public async Task Without_chat_the_key_is_enough()
    {
        await using var stage = await AskedAsync(isAway: true);
        await SignsAsync(stage);

        await stage.PassUntilAsync(RunState.Succeeded);
        stage.World.Did.ShouldBe(["wipe"]);
    }

    [Fact]
    public async Task A_key_that_was_taken_off_the_list_since_makes_the_approval_void()
    {
        await using var stage = await AskedAsync(isAway: true);
        stage.Journal.RefuseNext<RunEvent.StepStarted>(() => _keys.Holds = false);
        await SignsAsync(stage);

        await stage.PassUntilAsync(RunState.AwaitingDecision);

        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("and a key that counts where they signed");
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_does_not_count_is_not_made_good_by_chat()
    {
        await using var stage = await AskedAsync(isAway: false);
        _keys.Holds = false;
        await SignsAsync(stage);

        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task When_chat_answers_its_word_counts_too()
    {
        await using var stage = await AskedAsync(isAway: false);
        stage.People.Left.Add(Grace.Id);
        await SignsAsync(stage);

        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_chat_said_last_of_somebody_who_left_counts_however_old_it_is()
    {
        await using var stage = await AskedAsync(isAway: false);
        stage.People.Left.Add(Grace.Id);
        (await stage.Standing.OfAsync(Grace, "approver", Wiping, Stop)).ShouldBe(MayDecide.NoAccount);
        stage.People.IsAway = true;
        stage.Clock.Advance(TimeSpan.FromHours(1));

        (await PassingAsync(stage, stage.Standing.OfAsync(By, "approver", Wiping, Stop))).ShouldBe(MayDecide.NoAccount);
    }

    [Fact]
    public async Task Without_the_list_of_keys_nothing_starts_and_nothing_is_void()
    {
        await using var stage = await AskedAsync(isAway: true);
        _keys.Holds = null;
        await SignsAsync(stage);

        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
        stage.Live.Now.Steps["wipe"].Saw.ShouldContain("Neither chat server nor list of keys says");
        stage.Live.Now.Steps["wipe"].Failure!.IsFinal.ShouldBeFalse();
    }

    [Fact]
    public async Task The_key_of_another_person_speaks_for_nobody_else()
    {
        await using var stage = await AskedAsync(isAway: true);
        await stage.Live.RecordAsync(
            new Person("u-edsger", "edsger"),
            new RunEvent.Voted(
                "foundation",
                Decision.Approve,
                stage.Live.Now.Approvals["foundation"].Digest,
                null,
                "console"
            )
            {
                Origin = new Origin("console", Signed: Word),
            }
        );

        await stage.PassUntilAsync(RunState.AwaitingDecision);
        stage.World.Did.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_tells_the_run_to_somebody_who_has_only_the_file()
    {
        await using var stage = await AskedAsync(isAway: true);
        var text = new VoteRequest("bot", "foundation", [Grace], stage.Journal.Read(stage.Live.Id)).ToBlock();

        var (run, approval) = VoteRequest.Parse($"Dear Grace,\r\n{text}\nYours, Ada")!.Read()!.Value;

        run.Plan.Digest.ShouldBe(stage.Live.Now.Plan.Digest);
        PlanJson.DigestOf(run.Plan).ShouldBe(PlanJson.DigestOf(stage.Live.Now.Plan));
        approval.ExpiresAt.ShouldBe(stage.Live.Now.Approvals["foundation"].ExpiresAt);
        VoteRequest.Parse(text.Replace("A", "B", StringComparison.Ordinal))?.Read().ShouldBeNull();
        VoteRequest.Parse("nothing").ShouldBeNull();
    }

    private async Task<Stage> AskedAsync(bool isAway)
    {
        var stage = new Stage(Of(Wipe), witness: new Witness(_keys, name => name == "grace" ? Grace : null));
        stage.People.IsAway = isAway;
        stage.Start();
        await stage.UntilAsync(RunState.AwaitingApproval);
        return stage;
    }

    private static Task SignsAsync(Stage stage) =>
        stage.Live.RecordAsync(
            Grace,
            new RunEvent.Voted(
                "foundation",
                Decision.Approve,
                stage.Live.Now.Approvals["foundation"].Digest,
                null,
                "console"
            )
            {
                Origin = new Origin("console", Signed: Word),
            }
        );

    private static async Task<MayDecide> PassingAsync(Stage stage, Task<MayDecide> asking)
    {
        while (!asking.IsCompleted)
        {
            stage.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await asking;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Keys : ISignatures
    {
        public bool? Holds { get; set; } = true;

        public Task<SignatureFinding> CheckAsync(
            Signed signed,
            string person,
            string use,
            CancellationToken cancelled
        ) => Task.FromResult(new SignatureFinding(Holds, "as the test says"));
    }
}
