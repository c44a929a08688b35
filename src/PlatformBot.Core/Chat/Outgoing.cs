namespace PlatformBot.Core.Chat;

/// <summary>A post as the bot wants it to be: Markdown in which text from outside is already made harmless.</summary>
public sealed record Post
{
    public required string Text { get; init; }

    /// <summary>A coloured box under the text, which also carries the buttons; null for none.</summary>
    public Box? Box { get; init; }

    /// <summary>Attached as files when the post is created; edits cannot change them.</summary>
    public IReadOnlyList<AttachedFile> Files { get; init; } = [];
}

/// <summary>An attachment.</summary>
/// <param name="Colour">#rrggbb</param>
public sealed record Box(string Colour, string Title, string Text, IReadOnlyList<Button> Buttons);

/// <summary>A button.</summary>
/// <param name="Id">letters and digits only</param>
/// <param name="Style">default, primary, success, warning or danger</param>
/// <param name="Value">comes back, authenticated, in <see cref="ButtonClick.Value"/></param>
public sealed record Button(string Id, string Label, string Style, string Value);

public sealed record AttachedFile(string Name, string Text)
{
    /// <summary>In lower-case hex, of the file as it is sent: UTF-8.</summary>
    public string Sha256 => Core.Sha256.Of(Text);
}

/// <summary>
/// An answer to the one who acted. Nobody else sees it, except that a mention in a channel is answered in its thread.
/// </summary>
/// <param name="Text">"" says nothing</param>
public sealed record Reply(string Text)
{
    public static Reply Silent { get; } = new("");

    /// <summary>The answer is no. A dialog then stays open and shows the text; otherwise it closes.</summary>
    public bool Refused { get; init; }

    /// <summary>Goes with the text to the console, for a file.</summary>
    public string? Attached { get; init; }

    /// <summary>Opened for the person instead of, or besides, the text.</summary>
    public Dialog? Dialog { get; init; }

    /// <summary>Field name → what is wrong, for a dialog that stays open.</summary>
    public IReadOnlyDictionary<string, string>? FieldErrors { get; init; }

    public static Reply Refuse(Refusal refusal) =>
        new($":no_entry: {refusal.Reason}\n{refusal.Hint}") { Refused = true };
}

/// <summary>A form.</summary>
/// <param name="Title">at most 24 characters</param>
/// <param name="State">comes back, authenticated and bound to the person, in <see cref="DialogSubmission.State"/></param>
public sealed record Dialog(
    string Title,
    string Introduction,
    string SubmitLabel,
    string State,
    IReadOnlyList<Field> Fields
);

/// <param name="Kind">text or textarea</param>
/// <param name="MaxLength">at most 150 for text, 3000 for textarea</param>
public sealed record Field(string Name, string Label, string Kind, string Help, int MaxLength, bool Optional = false);
