using Microsoft.AspNetCore.Http;
using PlatformBot.Sandbox.Twin;

namespace PlatformBot.Sandbox.Kubernetes;

/// <summary>Taking a request's path apart: group, version, namespace, resource, name, subresource.</summary>
internal static class ApiPath
{
    private static readonly string[] NamespaceSubresources = ["status", "finalize"];

    /// <summary>The request, or null when the path is of no resource (then nothing of that group is served).</summary>
    /// <exception cref="StatusException">404: the group is served, but not this resource, or not in this scope.</exception>
    public static ApiRequest? Read(HttpContext http, TwinCluster cluster)
    {
        var parts = (http.Request.Path.Value ?? "")[1..].Split('/');
        var core = parts[0] == "api";
        var start = core ? 2 : 3;

        if (parts.Length <= start || parts[0] is not ("api" or "apis"))
            return null;

        var (group, version) = core ? ("", parts[1]) : (parts[1], parts[2]);

        if (!ResourceTable.HasGroup(cluster, group))
            return null;

        var rest = parts[start..];
        var inNamespace = "";
        var scoped =
            rest is ["namespaces", _, var third, ..]
            && third.Length > 0
            && !(core && NamespaceSubresources.Contains(third));

        if (scoped)
            (inNamespace, rest) = (rest[1], rest[2..]);

        var name = rest.Length > 1 ? rest[1] : "";
        var resource = ResourceTable.FindPlural(cluster, group, version, rest[0]) ?? throw Refusals.NoSuchResource();
        CheckScope(resource, scoped, name);
        var subresource = rest.Length > 2 ? rest[2] : "";

        if (rest.Length > 3 && subresource != "proxy")
            throw Refusals.NoSuchResource();

        return new ApiRequest(http, cluster, resource, inNamespace, name, subresource, Rest(rest));
    }

    private static void CheckScope(Resource resource, bool scoped, string name)
    {
        var fits = resource.Namespaced ? scoped || name.Length == 0 : !scoped;

        if (!fits)
            throw Refusals.NoSuchResource();
    }

    private static string Rest(string[] parts) => parts.Length > 3 ? "/" + string.Join('/', parts[3..]) : "/";
}
