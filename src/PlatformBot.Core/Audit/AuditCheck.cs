using System.Text;
using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Audit;

/// <summary>What a check of an export found.</summary>
/// <param name="Line">in the file, from 1; of the first thing that is wrong</param>
/// <param name="Wrong">what is wrong there; null when nothing is</param>
/// <param name="Last">the newest entry that was found right; null when there is none</param>
public sealed record AuditResult(long Line, string? Wrong, long Entries, AuditLine? Last, long? Run);

/// <summary>Reads an export and finds the first place at which it is not what was exported. Needs nothing but the file.</summary>
public sealed class AuditCheck(IReadOnlyCollection<Anchor> anchors)
{
    private static readonly Comparer<Anchor> ByNumber = Comparer<Anchor>.Create(
        (one, other) => one.Number.CompareTo(other.Number)
    );

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const string NoHead =
        "this is not how an export begins, or it has a format that this version does not know";

    private readonly Dictionary<long, string> _chains = [];
    private readonly HashSet<Anchor> _met = [];
    private string _chain = EntryJson.Genesis;
    private AuditLine? _last;
    private long _entries;
    private long _at;
    private long? _run;

    /// <param name="file">all of it</param>
    public AuditResult Check(ReadOnlySpan<byte> file)
    {
        string? head = null;

        while (file.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _at++;

            if (Decoded(file[..end]) is not { } line)
                return Found("this is not UTF-8");

            file = file[(end + 1)..];

            if (head is null)
            {
                if (!AuditFile.IsHead(line, out _run))
                    return Found(NoHead);

                if (Misplaced() is { } misplaced)
                    return Found(misplaced);

                head = line;
            }
            else if (line == AuditFile.End(head, _entries, _chain))
            {
                return Found(file.Length > 0 ? "there is more behind the end of the export" : NotAnchored());
            }
            else if (Wrong(line) is { } wrong)
            {
                return Found(wrong);
            }
        }

        return Found($"the export ends without its last line: whatever came after {Name(_last)} is missing");
    }

    /// <summary>To the byte: what is no UTF-8 would otherwise be read as if it were something else.</summary>
    private static string? Decoded(ReadOnlySpan<byte> line)
    {
        try
        {
            return Utf8.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private AuditResult Found(string? wrong) => new(_at, wrong, _entries, _last, _run);

    /// <summary>Whatever was written down elsewhere must be in the file.</summary>
    private string? NotAnchored() =>
        anchors.Except(_met).Order(ByNumber).ToList() is [var first, ..]
            ? $"entry {first.Number}, of which you gave an anchor, is not in the export"
            : null;

    /// <summary>What an export of one run cannot show: there is nothing in it that ties the journal's hash to the entries before.</summary>
    private string? Misplaced() =>
        _run is { } run && anchors.Where(anchor => anchor.Run != run).ToList() is [var other, ..]
            ? $"the anchor {Words.Short(other.ToString())}… is of {(other.Run is { } its ? $"run {its}" : "the journal")}, and this is an export of run {run}: give it with an export of that"
            : null;

    private string? Wrong(string text)
    {
        if (AuditFile.IsEnd(text))
            return "the end does not fit: it, or the first line, is not what was written, or entries before it are missing";

        if (AuditLine.Read(text) is not { } line)
            return $"this is no entry as it was written; the last right one is {Name(_last)}";

        if (line.Run is { } run)
            _chains[run] = AuditLine.Link(_chains.GetValueOrDefault(run, EntryJson.Genesis), line.Hash);

        var wrong = OutOfOrder(line) ?? NotItself(line) ?? NotAsAnchored(line);

        if (wrong is not null)
            return $"entry {line.Number} {wrong}";

        (_last, _chain) = (line, line.Chain);
        _entries++;

        return null;
    }

    private string? OutOfOrder(AuditLine line)
    {
        var last = _last?.Number ?? 0;

        return line.Number <= last ? $"comes after {last}: entries were put in another order, or doubled"
            : _run is null && line.Number != last + 1 ? $"comes after {last}: {last + 1} is missing"
            : _run is not null && line.Run != _run ? $"is not of run {_run}"
            : null;
    }

    private string? NotItself(AuditLine line)
    {
        var isNext = line.Number == (_last?.Number ?? 0) + 1;

        return isNext && line.Before != (_last?.Hash ?? EntryJson.Genesis)
                ? "does not follow from the entry before it: one of the two is not what was written"
            : !line.Follows ? "is not what was written: its hash does not follow from its text"
            : line.Chain != AuditLine.Link(_chain, line.Hash)
                ? $"does not follow from {Name(_last)}: an entry between them was taken out, or one of them is from elsewhere"
            : null;
    }

    private string? NotAsAnchored(AuditLine line)
    {
        foreach (var anchor in anchors.Where(anchor => anchor.Number == line.Number))
        {
            var found =
                anchor.Run is not { } run ? line.Hash
                : line.Run == run ? _chains[run]
                : null;

            if (found != anchor.Value)
                return "is not the one that you gave the anchor of: everything up to it may have been written anew";

            _met.Add(anchor);
        }

        return null;
    }

    private static string Name(AuditLine? line) => line is null ? "the beginning" : $"entry {line.Number}";
}
