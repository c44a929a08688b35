using PlatformBot.Tests.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>How a live cluster is, asked in chat.</summary>
public sealed class ClusterStatusTests
{
    [Fact]
    public async Task A_cluster_tells_on_one_screen_how_it_is_now()
    {
        await using var infra = await Scene.StartAsync();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"infra-01"},
             "status":{"nodeInfo":{"kubeletVersion":"v1.34.1"},"conditions":[{"type":"Ready","status":"False","message":"no network"}]}}
            """
        );
        await using var chat = await TheChat.WithAsync(Catalogues.WaitThenPush, speed: 1);

        var before = await chat.SaysAsync("grace", "/platform status infra");
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);
        var after = await chat.SaysAsync("grace", "/platform status clusters");

        before.ShouldContain(":grey_question: **API server**");
        after.ShouldContain(":rotating_light: infra");
        after.ShouldContain("**API server** v1.34.1");
        after.ShouldContain("0 of 1 Ready");
        after.ShouldContain("is not Ready: no network");
        after.ShouldContain("not installed: Flux, mesh, certificates, backups");
        (await chat.SaysAsync("grace", "/platform status nowhere")).ShouldContain("There is no run");
    }
}
