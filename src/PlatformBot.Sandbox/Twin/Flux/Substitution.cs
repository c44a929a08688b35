using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Kubernetes;
using PlatformBot.Sandbox.Twin.Helm;

namespace PlatformBot.Sandbox.Twin.Flux;

/// <summary>What the variables come from is not there.</summary>
public sealed class SubstitutionException(string message) : Exception(message);

/// <summary>spec.postBuild: ${NAME}, ${NAME:=otherwise} and ${NAME:-otherwise} in what was built.</summary>
internal static partial class Substitution
{
    public static IReadOnlyList<JsonObject> Apply(
        TwinCluster cluster,
        JsonObject kustomization,
        IReadOnlyList<JsonObject> built
    )
    {
        if (kustomization["spec"]?["postBuild"] is not JsonObject postBuild)
            return built;

        var variables = Variables(cluster, ObjectKey.Of(kustomization).Namespace, postBuild);
        return [.. built.Select(json => IsOff(json) ? json : Replace(json, variables))];
    }

    private static bool IsOff(JsonObject json) =>
        (string?)json["metadata"]?["annotations"]?["kustomize.toolkit.fluxcd.io/substitute"] == "disabled";

    private static Dictionary<string, string> Variables(TwinCluster cluster, string ns, JsonObject postBuild)
    {
        var variables = new Dictionary<string, string>();

        foreach (var reference in postBuild.ItemsAt("substituteFrom"))
        {
            var (kind, name) = (reference.TextAt("kind", "ConfigMap"), reference.TextAt("name"));
            var found = cluster.Objects.View(new ObjectKey("v1", kind, ns, name));

            if (found is null && !reference.FlagAt("optional"))
            {
                throw new SubstitutionException(
                    $"substitute from '{kind}/{name}' error: {kind.ToLowerInvariant()}s \"{name}\" not found"
                );
            }

            foreach (var (key, value) in found.MappingAt("data"))
                variables[key] = Decode(kind, (string?)value ?? "");
        }

        foreach (var (key, value) in postBuild.MappingAt("substitute"))
            variables[key] = (string?)value ?? "";

        return variables;
    }

    private static string Decode(string kind, string data) => kind == "Secret" ? SecretText.Decode(data) : data;

    private static JsonObject Replace(JsonObject json, Dictionary<string, string> variables) =>
        JsonNode
            .Parse(
                Variable()
                    .Replace(
                        json.ToJsonString(),
                        match =>
                            variables.GetValueOrDefault(match.Groups["name"].Value, match.Groups["otherwise"].Value)
                    )
            )!
            .AsObject();

    [GeneratedRegex(
        @"\$\{(?<name>[A-Za-z_]\w*)(:[=-](?<otherwise>[^}]*))?\}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 200
    )]
    private static partial Regex Variable();
}
