using System.Globalization;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads probes and verifications.</summary>
internal sealed class CheckReader(CommandReader commands, ClusterReader places)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public PlannedCheck Read(YamlMap map) =>
        Look(map) with
        {
            Timeout = map.Span("timeout", DefaultTimeout),
            Expect = [.. Expectations(map["expect"]).Select(Expectation)],
        };

    private PlannedCheck Look(YamlMap map)
    {
        if (map["run"] is { } run)
            return new PlannedCheck.Run(commands.Read(run));

        if (map.Map("get") is { } get)
            return new PlannedCheck.Get(places.Of(map), places.Read(get, needsName: true));

        if (map.Map("wait") is { } wait)
        {
            return new PlannedCheck.Wait(places.Wait(Placed(wait, map)));
        }

        if (map.Map("exec") is { } exec)
            return new PlannedCheck.Exec(places.Exec(Placed(exec, map)));

        return new PlannedCheck.Raw(places.Of(map), map.Text("raw", ""));
    }

    /// <summary>A cluster that is named beside it holds for it, too.</summary>
    private static YamlMap Placed(YamlMap look, YamlMap check) =>
        look.Has("cluster") || !check.Has("cluster")
            ? look
            : new(look.At, [.. look.Entries, new YamlEntry(check.Key("cluster")!, check["cluster"]!)]);

    private static IEnumerable<YamlMap> Expectations(YamlNode? node) =>
        node switch
        {
            YamlMap one => [one],
            YamlList several => several.Items.OfType<YamlMap>(),
            _ => [],
        };

    private static Expectation Expectation(YamlMap map) =>
        new()
        {
            Exit = map.Number("exit"),
            In = map.Text("in", "stdout"),
            Path = map.Text("path"),
            Last = map.Truth("last"),
            EqualTo = map.Text("equals"),
            Contains = map.Text("contains"),
            Lacks = map.Text("lacks"),
            AtLeast = double.TryParse(
                map.Text("at-least"),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var least
            )
                ? least
                : null,
            Count = map.Number("count"),
            Exists = map.Has("exists") ? map.Truth("exists") : null,
        };
}
