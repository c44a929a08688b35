using System.Text.Json;
using PlatformBot.Mattermost;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Mattermost;

/// <summary>The numbers of a connection's events tell whether one is missing.</summary>
public sealed class SessionTests
{
    private readonly Session _session = new();

    [Fact]
    public void An_event_that_is_missing_shows()
    {
        Hear("""{"event":"hello","seq":0,"data":{"connection_id":"c1"}}""").ShouldBeFalse();
        Hear("""{"event":"posted","seq":1}""").ShouldBeFalse();
        Hear("""{"event":"posted","seq":3}""").ShouldBeTrue("the second one never came");
        Hear("""{"event":"posted","seq":4}""").ShouldBeFalse("what was missing has been fetched");
    }

    [Fact]
    public void A_connection_is_resumed_where_it_was_lost()
    {
        _session.Query.ShouldBeEmpty();
        Hear("""{"event":"hello","seq":0,"data":{"connection_id":"c1"}}""");
        Hear("""{"event":"posted","seq":1}""");

        _session.Query.ShouldBe("?connection_id=c1&sequence_number=2");
    }

    /// <summary>Whether something before it was lost.</summary>
    private bool Hear(string json)
    {
        var frame = JsonElement.Parse(json);
        var gap = _session.HasGap(frame);
        _session.Note(frame);
        return gap;
    }
}
