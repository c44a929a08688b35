using System.Text.Json;
using PlatformBot.Core.Runbooks;

namespace PlatformBot.Core.Planning;

/// <summary>Reads what a step, or its compensation, does.</summary>
internal sealed class ActionReader(Catalogue catalogue, CommandReader commands, Manifests manifests, Problems problems)
{
    private static readonly TimeSpan DefaultReminder = TimeSpan.FromHours(4);
    private static readonly string[] PatchTypes = ["merge", "strategic", "json"];

    public PlannedAction Read(YamlMap body, ClusterReader places, Scope scope)
    {
        if (body["run"] is { } run)
        {
            var argvs = commands.ReadSeveral(run);
            return new PlannedAction.Run(argvs, Secrets(body), IsSensitive(body, argvs));
        }

        if (body["pipe"] is { } pipe)
        {
            var argvs = commands.ReadSeveral(pipe);
            return new PlannedAction.Pipe(argvs, Secrets(body), IsSensitive(body, argvs));
        }

        if (body.Map("exec") is { } exec)
            return new PlannedAction.Exec(places.Exec(exec), body.Truth("sensitive"));

        if (body.Map("query") is { } query)
            return new PlannedAction.Query(places.Query(query["promql"]), Expected(query, isQuery: true));

        if (body.Map("http") is { } http)
        {
            return new PlannedAction.Http(RequestReader.Read(http, problems), Expected(http, isQuery: false))
            {
                Sensitive = body.Truth("sensitive"),
            };
        }

        return OnObjects(body, places, scope) ?? Manual(body.Map("manual"));
    }

    private PlannedAction? OnObjects(YamlMap body, ClusterReader places, Scope scope)
    {
        if (body.Map("apply") is { } apply)
            return new PlannedAction.Apply(places.Of(apply), manifests.Read(apply, scope), apply.Truth("force"));

        if (body.Map("patch") is { } patch)
            return Patch(patch, places);

        if (body.Map("delete") is { } delete)
        {
            return new PlannedAction.Delete(
                places.Of(delete),
                places.Object(delete, needsName: true),
                delete.Text("propagation", "Background")
            );
        }

        return body.Map("wait") is { } wait ? new PlannedAction.Wait(places.Wait(wait)) : null;
    }

    private PlannedAction.Patch Patch(YamlMap patch, ClusterReader places)
    {
        var type = PatchTypes.FirstOrDefault(patch.Has);
        return new(
            places.Of(patch),
            places.Object(patch, needsName: true),
            Words(patch.Map("labels")),
            Words(patch.Map("annotations"))
        )
        {
            Type = type,
            Body = type is null
                ? null
                : CanonicalJson.Write(
                    JsonSerializer.SerializeToElement(new YamlToJson(problems).Convert(patch[type]!))
                ),
        };
    }

    private static PlannedAction.Manual Manual(YamlMap? body) =>
        new(body?.Text("ask") ?? "", body?.Text("evidence") ?? "text")
        {
            SecondPerson = body?.Truth("second-person") ?? false,
            Remind = body?.Span("remind", DefaultReminder),
            Expires = body?.Span("expires", StepDefaults.Expires),
        };

    private IReadOnlyList<Expectation> Expected(YamlMap holder, bool isQuery) =>
        CheckReader.Expectations(holder["expect"], isQuery, problems);

    /// <summary>Said by the step, or known of one of its commands.</summary>
    private bool IsSensitive(YamlMap body, IReadOnlyList<IReadOnlyList<string>> argvs) =>
        body.Truth("sensitive") || argvs.Any(catalogue.Tools.IsSensitive);

    private static IReadOnlyDictionary<string, string> Secrets(YamlMap body) =>
        body.Map("secrets")?.Sorted(value => value?.Text ?? "") ?? [];

    private static IReadOnlyDictionary<string, string?> Words(YamlMap? map) =>
        map?.Sorted(value => value is { IsNull: false } ? value.Text : null) ?? [];
}
