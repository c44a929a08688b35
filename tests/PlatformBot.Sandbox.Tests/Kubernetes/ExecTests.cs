using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Sandbox.Tests.Kubernetes;

public class ExecTests
{
    [Theory]
    [InlineData(0, "Success")]
    [InlineData(7, "Failure")]
    public async Task A_command_answers_on_its_channels_and_ends_with_its_exit_code(int exitCode, string status)
    {
        await using var api = await ApiFixture.StartAsync();
        api.Cluster.Objects.Put(
            JsonNode
                .Parse(
                    """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"sh","namespace":"default"},"spec":{"nodeName":"infra-01","containers":[{"name":"main","image":"sh:1"}]}}"""
                )!
                .AsObject()
        );
        api.Cluster.Exec = asked => new ExecAnswer(exitCode, string.Join(' ', asked.Command), "oops");
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        using var invoker = new HttpMessageInvoker(ApiFixture.Trusting(api.Server.CaPem));
        socket.Options.SetRequestHeader("Authorization", $"Bearer {api.Server.Token}");
        var path = "/api/v1/namespaces/default/pods/sh/exec?stdout=true&stderr=true&command=echo&command=a%20b";
        var uri = new UriBuilder(new Uri(api.Server.Uri, path)) { Scheme = "wss" }.Uri;

        await socket.ConnectAsync(uri, invoker, ApiFixture.Stop);

        (await NextAsync(socket)).ShouldBe((1, ""));
        (await NextAsync(socket)).ShouldBe((1, "echo a b"));
        (await NextAsync(socket)).ShouldBe((2, "oops"));
        var (channel, ending) = await NextAsync(socket);
        channel.ShouldBe(3);
        ((string?)JsonNode.Parse(ending)!["status"]).ShouldBe(status);
    }

    private static async Task<(int Channel, string Text)> NextAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer.AsMemory(), ApiFixture.Stop);
        return (buffer[0], Encoding.UTF8.GetString(buffer, 1, got.Count - 1));
    }
}
