using System.Collections.Concurrent;
using PlatformBot.Tests.Kubernetes;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Stories;

/// <summary>A step that runs a command in a container.</summary>
public sealed class ExecStoryTests
{
    private const string Switch = """
        - step: switch-wal
          title: Switch the WAL
          exec:
            namespace: db
            selector: cnpg.io/instanceRole=primary
            argv: [psql, --no-psqlrc, --file, "-"]
            stdin: "select pg_switch_wal();"
          destructive: switches the WAL of ${{ cluster.name }}
          probe: [{ exec: { namespace: db, pod: pg-1, argv: [switched] } }]
          verify: [{ exec: { namespace: db, pod: pg-1, argv: [switched] } }]
        """;

    [Fact]
    public async Task What_runs_in_the_container_is_what_was_approved_letter_by_letter()
    {
        await using var infra = await Scene.StartAsync();
        var done = new ConcurrentQueue<string>();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pg-1","namespace":"db","labels":{"cnpg.io/instanceRole":"primary"}},
             "spec":{"nodeName":"infra-01","containers":[{"name":"postgres","image":"pg:17"}]},
             "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
              "containerStatuses":[{"name":"postgres","ready":true,"restartCount":0,"state":{"running":{}}}]}}
            """
        );
        infra.Cluster.Exec = asked =>
        {
            if (asked.Command is ["switched"])
                return new(done.IsEmpty ? 1 : 0, "", "");

            done.Enqueue($"{asked.Pod}: {string.Join(' ', asked.Command)} < {asked.Stdin}");
            return new(0, "0/3000000\n", "");
        };
        await using var chat = await TheChat.WithAsync(Switch, speed: 1);
        File.Copy(infra.Kubeconfig, chat.Kubeconfig);

        await chat.SaysAsync("ada", "/platform deploy infra");
        var asks = await chat.SeesAsync(post => post.Buttons.Contains("approve"));
        asks.Text.ShouldContain("in a pod of db with cnpg.io/instanceRole=primary on infra: psql");
        asks.Text.ShouldContain("select pg_switch_wal();");
        done.ShouldBeEmpty();

        await chat.SaysAsync("grace", "/platform approve 1 infra/rollout");
        await chat.SeesAsync(":white_check_mark: Run #1 succeeded");

        done.ShouldBe(["pg-1: psql --no-psqlrc --file - < select pg_switch_wal();"]);
        (await chat.SaysAsync("ada", "/platform logs 1 infra/switch-wal")).ShouldContain("exit 0");
    }
}
