using System.Text.Encodings.Web;
using System.Text.Json;

namespace PlatformBot.Verbs.Demo;

/// <summary>What the demo shows, as it happens: for people in a terminal, or one JSON object a line.</summary>
internal sealed class Transcript(TextWriter to, bool json, bool colour, int width, TimeProvider clock)
{
    private const int Margin = 22;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();
    private string _before = "";

    /// <param name="kind">says, types, presses, private, card, issue, world, verdict</param>
    /// <param name="who">a person, the bot, the tracker, the world</param>
    public void Write(string kind, string who, string text)
    {
        lock (_gate)
        {
            if (json)
            {
                to.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            at = clock.GetUtcNow(),
                            kind,
                            who,
                            text,
                        },
                        Json
                    )
                );
            }
            else
            {
                WriteText(kind, who, text);
            }
        }
    }

    private void WriteText(string kind, string who, string text)
    {
        var time = $"{clock.GetUtcNow():HH:mm:ss}";
        var head = $"{time} {Name(kind, who)}";
        var first = true;

        // A row of one-liners stays together; everything else has air around it.
        if (!(kind == _before && kind is "card" or "verdict"))
            to.WriteLine();

        _before = kind;

        foreach (var line in MarkdownTerminal.Lines(text, Math.Max(40, width - Margin), colour))
        {
            to.WriteLine(
                $"{(first ? Painted(head, kind) + new string(' ', Math.Max(1, Margin - MarkdownTerminal.Width(head))) : new string(' ', Margin))}{line}"
            );
            first = false;
        }
    }

    private static string Name(string kind, string who) => kind == "private" ? $"→ {who}" : who;

    private string Painted(string head, string kind)
    {
        var code = kind switch
        {
            "types" or "presses" => "1;33",
            "issue" => "1;35",
            "world" => "1;34",
            "verdict" => "1;32",
            _ => "2",
        };
        return colour ? $"\u001b[{code}m{head}\u001b[0m" : head;
    }
}
