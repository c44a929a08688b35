using System.Globalization;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads probes and verifications.</summary>
internal sealed class CheckReader(CommandReader commands, ClusterReader places, Problems problems)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public PlannedCheck Read(YamlMap map) =>
        Look(map) with
        {
            Timeout = map.Span("timeout", DefaultTimeout),
            Expect = Expectations(map["expect"], map.Has("query"), problems),
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

        if (map["query"] is { } query)
            return new PlannedCheck.Query(places.Query(query, needsExpect: !map.Has("expect")));

        if (map.Map("http") is { } http)
            return new PlannedCheck.Http(RequestReader.Read(http, problems));

        return new PlannedCheck.Raw(places.Of(map), map.Text("raw", ""));
    }

    /// <summary>A cluster that is named beside it holds for it, too.</summary>
    private static YamlMap Placed(YamlMap look, YamlMap check) =>
        look.Has("cluster") || !check.Has("cluster")
            ? look
            : new(look.At, [.. look.Entries, new YamlEntry(check.Key("cluster")!, check["cluster"]!)]);

    /// <summary>One entry or several.</summary>
    /// <param name="isQuery">how many there are can be said of series, too</param>
    public static IReadOnlyList<Expectation> Expectations(YamlNode? node, bool isQuery, Problems problems)
    {
        YamlMap[] entries = node switch
        {
            YamlMap one => [one],
            YamlList several => [.. several.Items.OfType<YamlMap>()],
            _ => [],
        };

        foreach (var key in entries.Where(entry => !isQuery && !entry.Has("path")).SelectMany(Counting))
            problems.Add(key.At, $"{key.Sort} is about what a 'path' finds.", "Give the entry a 'path'.");

        return [.. entries.Select(Expectation)];
    }

    private static IEnumerable<YamlScalar> Counting(YamlMap entry) =>
        new[] { entry.Key("count"), entry.Key("exists") }.OfType<YamlScalar>();

    private static Expectation Expectation(YamlMap map) =>
        new()
        {
            Exit = map.Number("exit"),
            Status = map.Number("status"),
            In = map.Text("in", "stdout"),
            Path = map.Text("path"),
            Last = map.Truth("last"),
            EqualTo = map.Text("equals"),
            Contains = map.Text("contains"),
            Lacks = map.Text("lacks"),
            OneOf = map["one-of"] is YamlList values ? values.Texts() : null,
            AtLeast = Decimal(map, "at-least"),
            AtMost = Decimal(map, "at-most"),
            Above = Decimal(map, "above"),
            Below = Decimal(map, "below"),
            YoungerThan = Span(map, "younger-than"),
            ValidFor = Span(map, "valid-for"),
            Count = map.Number("count"),
            Exists = map.Has("exists") ? map.Truth("exists") : null,
        };

    private static double? Decimal(YamlMap map, string field) =>
        double.TryParse(map.Text(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static TimeSpan? Span(YamlMap map, string field) =>
        map.Text(field) is { } text ? Durations.Parse(text) : null;
}
