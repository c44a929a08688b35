using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>
/// One exchange with a real API server, from a file in Recorded/: "&gt; " heads the request, "&lt; " the answer, "# " is a note, and
/// "[+s.mmm] " is when a line of a stream came, counted from the request.
/// </summary>
internal sealed partial record Recording(string Name, RecordedRequest Request, int Code)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>The lines of a stream in place of a body.</summary>
    public IReadOnlyList<(TimeSpan At, string Line)> Stream { get; init; } = [];

    /// <summary>The server ended the stream; otherwise it stays open until the client goes.</summary>
    public bool Ends { get; init; } = true;

    /// <summary>The answer waits for this.</summary>
    public Task Held { get; init; } = Task.CompletedTask;

    /// <summary>In place of an answer, the connection is cut.</summary>
    public bool Cut { get; init; }

    /// <summary>Where there is none recorded: an answer of a server in trouble.</summary>
    public static Recording Of(
        string method,
        string target,
        int code,
        string body = "",
        params (string Name, string Value)[] headers
    ) =>
        new("made", new(method, target, [], ""), code)
        {
            Headers =
            [
                ("Content-Type", body.StartsWith('{') ? "application/json" : "text/plain; charset=utf-8"),
                .. headers,
            ],
            Body = Encoding.UTF8.GetBytes(body),
        };

    public static Recording CutOff(string method, string target) => Of(method, target, 0) with { Cut = true };

    /// <param name="name">"04-list-paging/01-page1", a file below Recorded/</param>
    public static Recording Read(string name, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "Recorded", $"{name}.http");
        var lines = File.ReadAllLines(path).SkipWhile(line => line.StartsWith('#')).ToList();
        var answer = lines.FindIndex(line => line.StartsWith("< HTTP/", StringComparison.Ordinal));
        var body = lines.FindIndex(answer, line => line == "<") + 1;
        var code = int.Parse(lines[answer].Split(' ')[2], CultureInfo.InvariantCulture);
        var recording = new Recording(name, RequestOf(lines[..answer]), code)
        {
            Headers = [.. lines[(answer + 1)..(body - 1)].Select(HeaderOf)],
        };
        return recording.With(lines[body..]);
    }

    /// <summary>The same answer to another address: what the client asks differs from what was recorded only where the test says so.</summary>
    public Recording At(string target) => this with { Request = Request with { Target = target } };

    private Recording With(IReadOnlyList<string> rest)
    {
        if (rest.Any(line => line.StartsWith("# ... cut", StringComparison.Ordinal)))
            throw new InvalidOperationException($"The answer in {Name} is not whole.");

        if (!Headers.Any(header => header is { Name: "Transfer-Encoding" }) || !rest.Any(line => Time().IsMatch(line)))
            return this with { Body = BodyOf(rest) };

        return this with
        {
            Stream = [.. rest.Select(line => Time().Match(line)).Where(match => match.Success).Select(LineOf)],
            Ends = rest.Any(line => line.StartsWith("# server closed", StringComparison.Ordinal)),
        };
    }

    private byte[] BodyOf(IReadOnlyList<string> rest)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('\n', rest) + "\n");
        var length = Headers.FirstOrDefault(header =>
            header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        );
        return length.Value is { } exact ? body[..int.Parse(exact, CultureInfo.InvariantCulture)] : body;
    }

    private static RecordedRequest RequestOf(List<string> lines)
    {
        var end = lines.IndexOf(">");
        var first = lines[0].Split(' ');
        return new(first[1], first[2], [.. lines[1..end].Select(HeaderOf)], string.Join('\n', lines[(end + 1)..]));
    }

    private static (string Name, string Value) HeaderOf(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[2..colon], line[(colon + 1)..].Trim());
    }

    private static (TimeSpan At, string Line) LineOf(Match match) =>
        (
            TimeSpan.FromSeconds(double.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture)),
            match.Groups["line"].Value
        );

    [GeneratedRegex(@"^\[\+(?<at>\d+\.\d+)\] (?<line>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Time();
}

/// <summary>What a client sent.</summary>
/// <param name="Target">path and query as on the wire</param>
internal sealed record RecordedRequest(
    string Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    string Body
)
{
    /// <summary>null when there is no such header; several lines are joined with ", ".</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return values.Count == 0 ? null : string.Join(", ", values.Select(header => header.Value));
    }
}
