using PlatformBot.Core.Chat;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>Files as evidence: whatever the chat server says of them, and only as many as can be read while people wait.</summary>
public sealed class ThreadFilesTests : IAsyncLifetime
{
    private const string Good = """[{"id":"ffffffffffffffffffffffffff","name":"photo.png","size":16}]""";
    private static readonly CancellationToken Now = TestContext.Current.CancellationToken;
    private static readonly string Question = new('q', 26);

    private Scene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await Scene.StartAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"posts":[]}""")]
    [InlineData("""{"posts":{}}""")]
    [InlineData("""{"posts":{"qqqqqqqqqqqqqqqqqqqqqqqqqq":{"create_at":"today"}}}""")]
    public async Task A_thread_that_is_none_shows_no_files(string answer)
    {
        _scene.Odd.To("/thread", answer);

        await Should.ThrowAsync<ChatRefusedException>(ShownAsync);
    }

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task A_list_of_files_that_is_none_is_not_read(string answer)
    {
        Thread(posts: 1, filesEach: 1);
        _scene.Odd.To("/files/info", answer);

        await Should.ThrowAsync<ChatRefusedException>(ShownAsync);
    }

    [Fact]
    public async Task What_is_read_has_its_own_size_and_digest()
    {
        Thread(posts: 1, filesEach: 1);
        _scene.Odd.To("/files/info", Good);
        _scene.Odd.To("/files/ffffffffffffffffffffffffff", "two green lights");

        (await ShownAsync()).Ok(out var files, out _).ShouldBeTrue();

        var file = files!.ShouldHaveSingleItem();
        (file.Name, file.Size).ShouldBe(("photo.png", 16));
    }

    [Fact]
    public async Task More_files_than_are_evidence_are_refused_before_one_is_read()
    {
        Thread(posts: 3, filesEach: 7);

        (await ShownAsync()).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldBe("These are 21 files; 20 are the most that are evidence.");
        _scene.Odd.Asked.ShouldNotContain(path => path.Contains("/files/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("60000000", "120.0 MB")]
    [InlineData("9223372036854775807", "4295.0 MB")]
    public async Task Larger_files_than_can_be_read_are_refused_before_one_is_read(string size, string said)
    {
        Thread(posts: 2, filesEach: 1);
        _scene.Odd.To("/files/info", Good.Replace("16", size, StringComparison.Ordinal));

        (await ShownAsync()).Ok(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldBe($"These files have {said}; 100.0 MB are the most that are evidence.");
        _scene.Odd.Asked.ShouldNotContain(path => path.EndsWith("ff", StringComparison.Ordinal));
    }

    private Task<Core.Result<Core.Runs.EvidenceFile[]>> ShownAsync() =>
        _scene.Voice.FilesAfterAsync(Question, new WantedFiles(_scene.Chat.Persons["ada"].Id, []), Now);

    /// <summary>The question, and Ada's answers to it.</summary>
    private void Thread(int posts, int filesEach)
    {
        var ids = string.Join(',', Enumerable.Repeat("\"ffffffffffffffffffffffffff\"", filesEach));
        var answers = Enumerable.Range(0, posts).Select(n => new string((char)('a' + n), 26)).Select(Answer);
        _scene.Odd.To("/thread", $$$"""{"posts":{"{{{Question}}}":{"create_at":1},{{{string.Join(',', answers)}}}}}""");

        string Answer(string id) =>
            $$$"""
                "{{{id}}}":{"id":"{{{id}}}","user_id":"{{{_scene.Chat.Persons[
                    "ada"
                ].Id}}}","create_at":2,"delete_at":0,"file_ids":[{{{ids}}}]}
                """;
    }
}
