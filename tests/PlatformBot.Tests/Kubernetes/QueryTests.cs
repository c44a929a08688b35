using PlatformBot.Core.Planning;
using PlatformBot.Sandbox.Twin;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Kubernetes;

/// <summary>Queries to a metrics store behind the API server. Its answers are written as Prometheus and Victoria Metrics write them.</summary>
public sealed class QueryTests
{
    private static readonly PlannedQuery Up = new(
        "infra",
        "monitoring/vmsingle:8428",
        "sum(rate(up{job=\"a b\"}[5m])) > 0"
    );

    [Theory]
    [InlineData(
        """{"resultType":"vector","result":[]}""",
        "False: …: finds nothing: no such series, or nothing was measured"
    )]
    [InlineData("""{"resultType":"vector","result":[{"metric":{},"value":[1.5,"3"]}]}""", "True: …: is 3")]
    [InlineData(
        """{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1,"1"]},{"metric":{"job":"b"},"value":[1,"NaN"]}]}""",
        "False: …: {job=\"b\"} is NaN, expected at least 1"
    )]
    [InlineData("""{"resultType":"scalar","result":[1.5,"0.5"]}""", "False: …: it is 0.5, expected at least 1")]
    [InlineData(
        """{"resultType":"matrix","result":[]}""",
        ": …: the metrics store answers something that is not one value per series"
    )]
    [InlineData(
        """{"resultType":"vector","result":[{"metric":3,"value":"x"}]}""",
        "False: …: it is , expected at least 1"
    )]
    public async Task Every_kind_of_answer_is_understood_or_said_not_to_be(string data, string told)
    {
        await using var infra = await WithStoreAsync();
        infra.Cluster.ServiceProxy = _ => new ServiceAnswer(
            200,
            "application/json",
            $$"""{"status":"success","data":{{data}}}"""
        );

        (await AskAsync(infra)).ShouldBe(told.Replace("…", Up.Promql, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_question_arrives_letter_by_letter()
    {
        await using var infra = await WithStoreAsync();
        var asked = "";
        infra.Cluster.ServiceProxy = request =>
        {
            asked = $"{request.Namespace}/{request.Service}:{request.Port} {request.PathAndQuery}";
            return null;
        };

        await AskAsync(infra);

        Uri.UnescapeDataString(asked).ShouldBe($"monitoring/vmsingle:8428 /api/v1/query?query={Up.Promql}");
    }

    [Fact]
    public async Task A_store_that_is_not_there_and_one_that_does_not_understand_are_told_apart()
    {
        await using var infra = await WithStoreAsync();
        infra.Cluster.ServiceProxy = _ => null;
        (await AskAsync(infra)).ShouldStartWith(
            ": the metrics store monitoring/vmsingle:8428 on infra does not answer: "
        );

        infra.Cluster.ServiceProxy = _ => new ServiceAnswer(
            422,
            "application/json",
            """{"status":"error","errorType":"422","error":"unparsed data left: \")\""}"""
        );
        (await AskAsync(infra)).ShouldStartWith($": {Up.Promql}: the metrics store does not understand it: ");
    }

    private static async Task<Scene> WithStoreAsync()
    {
        var infra = await Scene.StartAsync();
        infra.Has(
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"vmsingle","namespace":"monitoring"},"spec":{"ports":[{"port":8428}]}}
            """
        );
        return infra;
    }

    private static async Task<string> AskAsync(Scene infra)
    {
        var check = new PlannedCheck.Query(Up) { Expect = [new Expectation { AtLeast = 1 }] };
        var outcome = await infra.Queries.CheckAsync(check, Scene.Stop);
        return $"{outcome.Holds}: {outcome.Saw}";
    }
}
