using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PlatformBot.Core.Checks;

/// <summary>
/// Takes secrets out of text before it goes anywhere: every value it was told of, in the forms in which tools print it, and
/// everything that looks like a key or token by itself. One for the whole process; safe from any thread.
/// </summary>
public sealed class Redactor
{
    /// <summary>What stands where a secret was.</summary>
    public const string Mask = "•••";

    /// <summary>Shorter values ("", "1", "abc") would black out half of every text and protect nothing.</summary>
    private const int ShortestSecret = 4;

    private const int ShortestLine = 8;

    private readonly Lock _gate = new();
    private volatile Known _known = new([]);

    /// <summary>From now on this value never passes, in plain text, base64, URL, form or JSON encoding.</summary>
    public void Learn(string secret)
    {
        lock (_gate)
            _known = new(_known.Forms.Union(FormsOf(secret)));
    }

    /// <summary>The text without secrets.</summary>
    public string Redact(string text)
    {
        var secret = Find(text);

        if (secret.Count == 0)
            return text;

        var clean = new StringBuilder(text.Length);
        var at = 0;

        foreach (var (start, end) in secret)
        {
            clean.Append(text.AsSpan(at, start - at)).Append(Mask);
            at = end;
        }

        return clean.Append(text.AsSpan(at)).ToString();
    }

    /// <summary>For text that comes in pieces, cut anywhere.</summary>
    public StreamRedaction Stream() => new(this);

    /// <summary>Where secrets are: in order, not touching each other.</summary>
    internal IReadOnlyList<(int Start, int End)> Find(string text)
    {
        var found = new List<(int Start, int End)>();
        _known.Find(text, found);
        SecretPatterns.Find(text, found);
        return Merge(found);
    }

    /// <summary>How many characters at the end of the text could be the beginning of a known secret that spans lines.</summary>
    internal int UnfinishedTail(ReadOnlySpan<char> text) => _known.UnfinishedTail(text);

    private static List<(int Start, int End)> Merge(List<(int Start, int End)> found)
    {
        var merged = new List<(int Start, int End)>();

        foreach (var (start, end) in found.Order())
        {
            if (merged.Count > 0 && start <= merged[^1].End)
                merged[^1] = (merged[^1].Start, Math.Max(end, merged[^1].End));
            else
                merged.Add((start, end));
        }

        return merged;
    }

    private static IEnumerable<string> FormsOf(string secret)
    {
        var whole = secret.Trim();

        if (whole.Length < ShortestSecret)
            return [];

        // Tools indent a multi-line secret, so that its lines must be known one by one.
        var lines = whole
            .Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Length >= ShortestLine)
            .Append(whole)
            .Append(secret);

        return lines.SelectMany(Encodings).Where(form => form.Length >= ShortestSecret);
    }

    private static IEnumerable<string> Encodings(string value) =>
        [
            value,
            .. Base64(value),
            Uri.EscapeDataString(value),
            WebUtility.UrlEncode(value),
            JsonEncodedText.Encode(value).ToString(),
            JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ];

    /// <summary>The value alone, and as a part of something longer: three ways to fall on groups of three bytes.</summary>
    private static IEnumerable<string> Base64(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToBase64String(bytes).TrimEnd('=');

        for (var before = 0; before < 3; before++)
        {
            var padded = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            // The first characters mix with what stands before, the last with what follows.
            var inner = padded[(before == 0 ? 0 : before + 1)..];
            var clean = (before + bytes.Length) % 3 == 0 ? inner : inner[..^1];

            if (clean.Length >= ShortestLine)
            {
                yield return clean;
                yield return clean.Replace('+', '-').Replace('/', '_');
            }
        }
    }

    /// <summary>A set of forms with everything that makes looking for them fast.</summary>
    private sealed class Known
    {
        private readonly SearchValues<string> _any;
        private readonly string[] _longestFirst;
        private readonly string[] _multiLine;

        public Known(ImmutableHashSet<string> forms)
        {
            Forms = forms;
            _any = SearchValues.Create([.. forms], StringComparison.Ordinal);
            _longestFirst = [.. forms.OrderByDescending(form => form.Length)];
            _multiLine = [.. _longestFirst.Where(form => form.Contains('\n', StringComparison.Ordinal))];
        }

        public ImmutableHashSet<string> Forms { get; }

        public void Find(string text, List<(int Start, int End)> found)
        {
            if (Forms.IsEmpty)
                return;

            // Goes on one character after each hit: secrets may overlap.
            for (var at = 0; at < text.Length; at++)
            {
                var next = text.AsSpan(at).IndexOfAny(_any);

                if (next < 0)
                    return;

                at += next;
                var rest = text.AsMemory(at);
                var form = Array.Find(_longestFirst, form => rest.Span.StartsWith(form, StringComparison.Ordinal));
                found.Add((at, at + form!.Length));
            }
        }

        public int UnfinishedTail(ReadOnlySpan<char> text)
        {
            foreach (var form in _multiLine)
            {
                for (var length = Math.Min(form.Length - 1, text.Length); length > 0; length--)
                {
                    if (text.EndsWith(form.AsSpan(0, length), StringComparison.Ordinal))
                        return length;
                }
            }

            return 0;
        }
    }
}
