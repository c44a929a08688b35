using System.Text;
using System.Text.Json;
using PlatformBot.Core.Planning;
using PlatformBot.Core.Runs;

namespace PlatformBot.Core.Checks;

/// <summary>What a look brought back.</summary>
/// <param name="Exit">null when it was not a process</param>
/// <param name="Stdout">for an object or an answer of the API server: its JSON</param>
public sealed record Seen(int? Exit, string Stdout, string Stderr = "")
{
    /// <summary>When it was seen: what is young now may be old tomorrow.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How a sentence calls the text; null: stdout or stderr.</summary>
    public string? Called { get; init; }

    /// <summary>Of an HTTP answer.</summary>
    public int? Status { get; init; }

    /// <summary>What a query found; null when it was none.</summary>
    public IReadOnlyList<Sample>? Samples { get; init; }
}

/// <summary>A series' last value.</summary>
/// <param name="Labels">{namespace="db"}; "" without labels</param>
/// <param name="Value">as the store wrote it; NaN and +Inf are possible</param>
public sealed record Sample(string Labels, string Value);

/// <summary>Compares what was seen with what was expected, and says the difference in one line.</summary>
public static class Expectations
{
    private const int LongestQuote = 120;

    /// <summary>
    /// Holds when every entry holds. A process must also have ended with 0 unless an entry names the exit code:
    /// a command that failed proves nothing by what it did not print.
    /// </summary>
    public static CheckOutcome Judge(IReadOnlyList<Expectation> expected, Seen seen)
    {
        if (seen.Exit is { } exit and not 0 && expected.All(entry => entry.Exit is null))
            return new(false, $"exit {exit}: {LastLine(seen)}");

        if (seen.Status is { } status and (< 200 or > 299) && expected.All(entry => entry.Status is null))
            return new(false, $"status {status}: {Quote(seen.Stdout)}");

        var saw =
            seen.Exit is { } code ? $"exit {code}"
            : seen.Status is { } answered ? $"status {answered}"
            : "it exists";

        foreach (var expectation in expected)
        {
            (var holds, saw) = Look(expectation, seen);

            if (!holds)
                return new(false, saw);
        }

        return new(true, saw);
    }

    /// <summary>
    /// Compares what is there, and quotes it without secrets and without a terminal's commands: redacted before it is cut, for half of a
    /// secret is no longer recognised. Where the quoted text would say something else than what is there, nothing is quoted.
    /// </summary>
    public static CheckOutcome Judge(IReadOnlyList<Expectation> expected, Seen seen, Redactor redactor)
    {
        var outcome = Judge(expected, seen);
        var shown = Judge(
            expected,
            seen with
            {
                Stdout = TerminalText.Plain(redactor.Redact(seen.Stdout)),
                Stderr = TerminalText.Plain(redactor.Redact(seen.Stderr)),
            }
        );
        return shown.Holds == outcome.Holds ? shown : outcome with { Saw = Unquoted(outcome, seen) };
    }

    /// <summary>Whether it was as expected, without a word of what it was.</summary>
    public static string Unquoted(CheckOutcome outcome, Seen seen) =>
        $"{(seen.Exit is { } exit ? $"exit {exit}, its output" : seen.Called)} is {(outcome.Holds == true ? "" : "not ")}as expected";

    private static (bool Holds, string Saw) Look(Expectation expectation, Seen seen)
    {
        if (expectation.Exit is { } exit)
            return (seen.Exit == exit, Sentence("exit", $"{seen.Exit}", $"{exit}", seen.Exit == exit));

        if (expectation.Status is { } status)
            return (seen.Status == status, Sentence("status", $"{seen.Status}", $"{status}", seen.Status == status));

        var what = seen.Called ?? expectation.In;
        var text = expectation.In == "stderr" ? seen.Stderr : seen.Stdout;

        return expectation.Path is { } path ? LookAtPath(expectation, path, what, text, seen.At)
            : seen.Samples is { } samples ? LookAtSamples(expectation, samples, seen.At)
            : LookAtText(expectation, what, text, seen.At);
    }

    private static (bool, string) LookAtText(Expectation expectation, string what, string text, DateTimeOffset now)
    {
        if (expectation.EqualTo is { } wanted)
        {
            var holds = text.Trim() == wanted.Trim();
            return (holds, Sentence(what, Quote(text), Quote(wanted), holds));
        }

        if (expectation.Contains is { } part)
        {
            return text.Contains(part, StringComparison.Ordinal)
                ? (true, $"{what} contains {Quote(part)}")
                : (false, $"{what} does not contain {Quote(part)}: {Quote(text)}");
        }

        if (expectation.Lacks is { } unwanted)
        {
            return text.Contains(unwanted, StringComparison.Ordinal)
                ? (false, $"{what} contains {Quote(unwanted)}")
                : (true, $"{what} does not contain {Quote(unwanted)}");
        }

        var (fits, words) = Comparison.Of(expectation, text.Trim(), now);
        return (fits, Sentence(what, Quote(text), words, fits));
    }

    /// <summary>Every series must be so. Where there is none, nothing was measured, and nothing holds.</summary>
    private static (bool, string) LookAtSamples(
        Expectation expectation,
        IReadOnlyList<Sample> samples,
        DateTimeOffset now
    )
    {
        if (expectation.Count is { } count)
        {
            return (
                samples.Count == count,
                Sentence("the number of series", $"{samples.Count}", $"{count}", samples.Count == count)
            );
        }

        if (expectation.Exists is { } wanted)
            return (samples.Count > 0 == wanted, samples.Count > 0 ? $"finds {Few(samples)}" : "finds nothing");

        if (samples.Count == 0)
            return (false, "finds nothing: no such series, or nothing was measured");

        foreach (var sample in samples)
        {
            var (holds, words) = Comparison.Of(expectation, sample.Value, now);

            if (!holds)
            {
                return (
                    false,
                    $"{(sample.Labels.Length == 0 ? "it" : sample.Labels)} is {sample.Value}, expected {words}"
                );
            }
        }

        return (true, $"is {Few(samples)}");
    }

    private static string Few(IReadOnlyList<Sample> samples)
    {
        var shown = samples
            .Take(3)
            .Select(sample => $"{sample.Value}{(sample.Labels.Length == 0 ? "" : $" {sample.Labels}")}");
        return string.Join(", ", shown) + (samples.Count > 3 ? $" and {samples.Count - 3} more" : "");
    }

    private static (bool, string) LookAtPath(
        Expectation expectation,
        string path,
        string what,
        string text,
        DateTimeOffset now
    )
    {
        if (!JsonPath.Parse(path).Ok(out var reader, out var refusal))
            return (false, $"path {path}: {refusal.Reason}");

        if (ReadDocument(text, expectation.Last, out var problem) is not { } document)
            return (false, $"{what} {problem}");

        using (document)
            return LookAtValues(expectation, path, reader.Find(document.RootElement), now);
    }

    private static (bool, string) LookAtValues(
        Expectation expectation,
        string path,
        IReadOnlyList<JsonElement> found,
        DateTimeOffset now
    )
    {
        if (expectation.Count is { } count)
        {
            var actual = found is [{ ValueKind: JsonValueKind.Array } list] ? list.GetArrayLength() : found.Count;
            return (actual == count, $"path {path} finds {actual}" + (actual == count ? "" : $", expected {count}"));
        }

        if (expectation.Exists is { } wanted)
        {
            var exists = found.Any(value => value.ValueKind != JsonValueKind.Null);
            return (exists == wanted, $"path {path} {(exists ? "exists" : "does not exist")}");
        }

        if (found.Count == 0 && expectation.Lacks is null)
            return (false, $"path {path} does not exist");

        foreach (var value in found)
        {
            var (holds, words) = Comparison.Of(expectation, JsonPath.TextOf(value), now);

            if (!holds)
                return (false, $"path {path} is {Quote(JsonPath.TextOf(value))}, expected {words}");
        }

        return (true, $"path {path} is {Quote(string.Join(' ', found.Select(JsonPath.TextOf).Distinct()))}");
    }

    private static JsonDocument? ReadDocument(string text, bool last, out string problem)
    {
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions { AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Skip }
        );
        JsonDocument? document = null;
        problem = "is empty, expected JSON";

        try
        {
            while (reader.Read())
            {
                var next = JsonDocument.ParseValue(ref reader);

                if (document is not null && !last)
                {
                    document.Dispose();
                    next.Dispose();
                    problem = "holds several JSON documents; `last: true` reads the last one";
                    return null;
                }

                document?.Dispose();
                document = next;
            }
        }
        catch (JsonException)
        {
            document?.Dispose();
            problem = $"is not JSON: {Quote(text)}";
            return null;
        }

        return document;
    }

    private static string Sentence(string what, string actual, string wanted, bool holds) =>
        holds ? $"{what} is {actual}" : $"{what} is {actual}, expected {wanted}";

    private static string LastLine(Seen seen)
    {
        var text = seen.Stderr.AsSpan().Trim().IsEmpty ? seen.Stdout : seen.Stderr;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "it printed nothing" : Cut(lines[^1]);
    }

    /// <summary>As it stands for one word, in quotes when it has spaces; on one line, cut.</summary>
    internal static string Quote(string text)
    {
        var line = Cut(text.Trim().ReplaceLineEndings(" "));
        return line.Length == 0 || line.Contains(' ', StringComparison.Ordinal) ? $"\"{line}\"" : line;
    }

    private static string Cut(string line) => Words.Cut(line, LongestQuote);
}
