using System.CommandLine;
using System.Text;
using System.Text.Json;
using PlatformBot.Core;
using PlatformBot.Core.Secrets;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot vault …</c>: what a cluster has made for itself, on its way into the vault and never on disk.</summary>
internal static class VaultVerb
{
    /// <summary>A vault holds text: a byte that is none must not become a question mark that nobody notices before the day it is needed.</summary>
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public static Command Make(TextReader input) =>
        new("vault", "Secrets that a cluster has made, for use in pipes") { SecretItem(input), Holds(input) };

    private static Command SecretItem(TextReader input)
    {
        var title = Filter.Title();
        var verb = new Command(
            "secret-item",
            "Read a Secret (kubectl get secret NAME --output json), print it as a vault item"
        )
        {
            title,
        };

        verb.SetAction(parsed => Filter.Print(parsed, ToItem(Filter.Read(input), parsed.GetRequiredValue(title))));
        return verb;
    }

    private static Command Holds(TextReader input)
    {
        var key = new Option<string>("--key") { Description = "the Secret's key", Required = true };
        var file = new Option<FileInfo>("--file") { Description = "holds what the vault has", Required = true };
        var verb = new Command(
            "holds",
            "Read a Secret (kubectl get secret NAME --output json), fail unless the vault has the same"
        )
        {
            key,
            file.AcceptExistingOnly(),
        };

        verb.SetAction(parsed =>
            Filter.Print(
                parsed,
                Compare(
                    Filter.Read(input),
                    parsed.GetRequiredValue(key),
                    File.ReadAllText(parsed.GetRequiredValue(file).FullName)
                )
            )
        );
        return verb;
    }

    /// <summary>A line end more or less is the vault's way of keeping text.</summary>
    private static Result<string> Compare(string json, string key, string kept)
    {
        if (!Read(json).Ok(out var fields, out var refusal))
            return refusal;

        return !fields.TryGetValue(key, out var own)
                ? new Refusal($"the Secret has no key {key}", "look what it is made of")
            : own.TrimEnd() != kept.TrimEnd()
                ? new Refusal(
                    $"the vault holds another {key} than the Secret",
                    "find out which of the two opens the data; archive the item if it is of an earlier life, and let it be made anew"
                )
            : "the vault holds the same";
    }

    /// <summary>Every key becomes a field. An empty value is refused: whoever needs it one day would find nothing.</summary>
    private static Result<string> ToItem(string json, string title)
    {
        if (!Read(json).Ok(out var fields, out var refusal))
            return refusal;

        return fields.Count == 0 || fields.Values.Any(string.IsNullOrWhiteSpace)
            ? new Refusal("the Secret has an empty value", "look why it was not filled, then try again")
            : new VaultItem(title, fields).ToTemplate();
    }

    private static Result<Dictionary<string, string>> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document
                .RootElement.GetProperty("data")
                .EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => Strict.GetString(entry.Value.GetBytesFromBase64()));
        }
        catch (DecoderFallbackException)
        {
            return new Refusal("the Secret has a value that is not text", "keep it where files can be kept");
        }
        catch (Exception mistake)
            when (mistake is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new Refusal(
                "standard input is not a Secret",
                "pipe `kubectl get secret NAME --output json` into this command"
            );
        }
    }
}
