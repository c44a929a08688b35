using System.CommandLine;
using PlatformBot.CrashMatrix;
using PlatformBot.Verbs;

if (args is [BotChild.Word, var planFile])
    return await BotChild.RunAsync(planFile);

var play = new Option<string>("--play", "--runbook")
{
    Description =
        $"{string.Join(", ", Plays.Short.Keys)} (short: a death each time) or {Plays.Long} (long: many deaths per run); without it all",
    DefaultValueFactory = _ => "",
}.AcceptOnlyFromAmong([.. Plays.Short.Keys, Plays.Long, ""]);
var sample = new Option<int?>("--sample") { Description = "how many points of the short plays; without it all" };
var runs = new Option<int>("--runs")
{
    Description = "runs with many deaths, of the long play or of a short one with --deaths",
    DefaultValueFactory = _ => 6,
};
var deaths = new Option<int?>("--deaths")
{
    Description =
        "deaths in each of them, at most; without it 40 in the long play, and one each time in the short ones",
};
var seed = new Option<int>("--seed")
{
    Description = "chooses the sample and the deaths",
    DefaultValueFactory = _ => 1,
};
var point = new Option<string?>("--point") { Description = "one point of a short play (keep), such as JournalAfter:7" };
var verbose = new Option<bool>("--verbose") { Description = "a line for every run" };
var root = new RootCommand("Kills the bot everywhere, and looks whether anything is lost or done twice")
{
    play,
    sample,
    runs,
    deaths,
    seed,
    point,
    verbose,
};
root.SetAction(
    async (parsed, cancelled) =>
    {
        var options = new Options(
            parsed.GetRequiredValue(play),
            parsed.GetValue(sample),
            parsed.GetRequiredValue(runs),
            parsed.GetValue(deaths),
            parsed.GetRequiredValue(seed),
            parsed.GetValue(point) is { } text ? Point.Parse(text) : null,
            parsed.GetValue(verbose)
        );
        var report = new Report(Console.Out);
        await new Matrix(options, Roots.Find()!, report).RunAsync(cancelled);
        report.Table();
        report.Say($"{report.Deaths} crash points, {report.Violations} violations");
        return report.Violations == 0 ? 0 : 1;
    }
);
return await root.Parse(args).InvokeAsync();
