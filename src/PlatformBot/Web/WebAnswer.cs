using System.Text;
using PlatformBot.Core;
using PlatformBot.Core.Checks;

namespace PlatformBot.Web;

/// <summary>What a server answered, as far as it was read.</summary>
/// <param name="Location">where it would lead; null: nowhere</param>
/// <param name="IsCut">there was more</param>
internal sealed record WebAnswer(int Status, string Text, string? Location, bool IsCut)
{
    /// <summary>Bytes that are read.</summary>
    public const int Longest = 1024 * 1024;

    private const int MostShown = 4096;

    /// <summary>The beginning, for people. Redacted before it is cut: half of a secret is no longer recognised.</summary>
    public string Shown(Redactor redactor) => Words.Cut(TerminalText.Plain(redactor.Redact(Text)), MostShown);

    public static async Task<WebAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancelled)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancelled);
        var buffer = new byte[Longest + 1];
        var read = await ReadAsync(stream, buffer, cancelled);
        return new(
            (int)response.StatusCode,
            Encoding.UTF8.GetString(buffer, 0, Math.Min(read, Longest)),
            response.Headers.Location?.ToString(),
            read > Longest
        );
    }

    /// <exception cref="HttpRequestException">The connection broke before the end.</exception>
    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancelled)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancelled);
        }
        catch (IOException error)
        {
            throw new HttpRequestException(error.Message, error);
        }
    }
}
