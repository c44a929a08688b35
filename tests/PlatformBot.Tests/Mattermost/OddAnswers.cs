using System.Collections.Concurrent;

namespace PlatformBot.Tests.Mattermost;

/// <summary>On the bot's way to the chat server: notes what is asked for, and answers some of it as no Mattermost does.</summary>
internal sealed class OddAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentDictionary<string, string> _answers = [];
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>Paths, oldest first.</summary>
    public IEnumerable<string> Asked => _asked;

    /// <param name="ending">of the path</param>
    /// <param name="body">comes with status 200</param>
    public void To(string ending, string body) => _answers[ending] = body;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.AbsolutePath;
        _asked.Enqueue(path);
        return
            _answers.FirstOrDefault(answer => path.EndsWith(answer.Key, StringComparison.Ordinal))
                is { Value: { } body }
            ? new HttpResponseMessage { Content = new StringContent(body) }
            : await base.SendAsync(request, cancellationToken);
    }
}
