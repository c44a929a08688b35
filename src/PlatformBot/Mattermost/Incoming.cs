using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using PlatformBot.Core;

namespace PlatformBot.Mattermost;

/// <summary>Reads what is posted to the bot: small, of the right type, every field once. Answers the rest with its status.</summary>
internal static class Incoming
{
    private const int LargestBody = 64 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>Mattermost repeats these, one for each mention in the text.</summary>
    private static readonly HashSet<string> Repeated =
    [
        "user_mentions",
        "user_mentions_ids",
        "channel_mentions",
        "channel_mentions_ids",
    ];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>The form, or null when the status of the response says what is wrong.</summary>
    public static async Task<Dictionary<string, StringValues>?> ReadFormAsync(HttpContext http)
    {
        if (await ReadAsync(http, Form) is not { } body)
            return null;

        var fields = QueryHelpers.ParseQuery(body);

        if (!fields.Any(field => field.Value.Count > 1 && !Repeated.Contains(field.Key)))
            return fields;

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return null;
    }

    /// <summary>The JSON object, or null when the status of the response says what is wrong.</summary>
    public static async Task<JsonElement?> ReadJsonAsync(HttpContext http)
    {
        if (await ReadAsync(http, MediaTypeNames.Application.Json) is not { } body)
            return null;

        try
        {
            var json = JsonElement.Parse(body, Strict);

            if (json.ValueKind == JsonValueKind.Object && IsText(json))
                return json;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            // Answered below like everything else that is not an object.
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return null;
    }

    /// <summary>Half a character ("\ud800") is JSON, but no text: whoever reads it throws. So all of it is read once.</summary>
    /// <exception cref="InvalidOperationException">A text or a name in it is no text.</exception>
    private static bool IsText(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => json.GetString() is not null,
            JsonValueKind.Array => json.EnumerateArray().All(IsText),
            JsonValueKind.Object => json.EnumerateObject().All(field => field.Name is not null && IsText(field.Value)),
            _ => true,
        };

    /// <summary>A field; undefined when it is missing or <paramref name="json"/> has no fields.</summary>
    public static JsonElement Field(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The text of a field, "" when it is missing or no text.</summary>
    public static string Text(JsonElement json, string name) =>
        Field(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    /// <summary>The number of a field, 0 when it is missing or no whole number.</summary>
    public static long Number(JsonElement json, string name) =>
        Field(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number)
            ? number
            : 0;

    /// <summary>The entries of a list, none when it is no list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

    /// <summary>The values of a mapping, none when it is no mapping.</summary>
    public static IEnumerable<JsonElement> Values(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().Select(field => field.Value) : [];

    public static string Text(Dictionary<string, StringValues> form, string name) =>
        form.TryGetValue(name, out var value) ? value.ToString() : "";

    /// <summary>An id of Mattermost's making: 26 small letters and digits. Nothing else ever goes into a path.</summary>
    public static bool IsId(string text) =>
        text.Length == 26 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    private static async Task<string?> ReadAsync(HttpContext http, string type)
    {
        var isRightType =
            MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var given)
            && given.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)
            && StringValues.IsNullOrEmpty(http.Request.Headers.ContentEncoding);

        http.Response.StatusCode =
            !isRightType ? StatusCodes.Status415UnsupportedMediaType
            : http.Request.ContentLength > LargestBody ? StatusCodes.Status413PayloadTooLarge
            : StatusCodes.Status200OK;

        if (http.Response.StatusCode != StatusCodes.Status200OK)
            return null;

        return await ReadInTimeAsync(http);
    }

    /// <summary>Whoever sends a byte now and then holds no connection for it.</summary>
    private static async Task<string?> ReadInTimeAsync(HttpContext http)
    {
        var patience = http.RequestServices.GetRequiredService<IOptions<MattermostOptions>>().Value.BodyTimeout;
        using var late = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, http.RequestAborted);

        // One more than is allowed, so that too much is seen without being read.
        var buffer = new byte[LargestBody + 1];

        try
        {
            var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, false, either.Token);

            if (length <= LargestBody)
                return Encoding.UTF8.GetString(buffer, 0, length);

            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            http.Response.Headers.Connection = "close";
        }
        catch (BadHttpRequestException bad)
        {
            http.Response.StatusCode = bad.StatusCode;
        }

        return null;
    }

    /// <summary>How somebody came in over HTTP; never longer than what a server's ids need, whatever was sent.</summary>
    public static Origin Origin(string via, string place, HttpContext http) =>
        new(via, Words.Cut(place, 80), $"{http.Connection.RemoteIpAddress}");

    /// <summary>For the record only: an address, and the user id that was claimed.</summary>
    public static string Sender(HttpContext http, string user) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{http.Connection.RemoteIpAddress}{(IsId(user) ? $", as user {user}" : "")}"
        );
}
