using System.Globalization;

namespace PlatformBot.Sandbox.Twin.Machines;

/// <summary>What the image factory and Kubernetes' registry hold, and which goes with which.</summary>
public static class TalosReleases
{
    public const string First = "1.11.2";
    public const string FirstKubernetes = "1.34.1";

    /// <summary>Talos' minor → its latest patch, and the newest minor of Kubernetes that it runs.</summary>
    private static readonly Dictionary<int, (int Patch, int Kubernetes)> Minors = new()
    {
        [10] = (9, 33),
        [11] = (6, 34),
        [12] = (11, 35),
        [13] = (9, 36),
    };

    /// <summary>Kubernetes' minor → its latest patch.</summary>
    private static readonly Dictionary<int, int> Kubernetes = new()
    {
        [33] = 6,
        [34] = 4,
        [35] = 2,
        [36] = 1,
    };

    /// <summary>The version that an installer image brings; null when there is no such image.</summary>
    /// <param name="image">factory.talos.dev/metal-installer/SCHEMATIC:v1.11.3</param>
    public static string? OfImage(string image)
    {
        var parts = image.Split(":v");

        return
            parts is [var repository, var version]
            && repository.StartsWith("factory.talos.dev/metal-installer/", StringComparison.Ordinal)
            && repository.Length == "factory.talos.dev/metal-installer/".Length + 64
            && Minors.TryGetValue(Minor(version), out var known)
            && Patch(version) <= known.Patch
            ? version
            : null;
    }

    public static bool HasKubernetes(string version) =>
        Kubernetes.TryGetValue(Minor(version), out var patch) && Patch(version) <= patch;

    /// <summary>Talos' own words when this Kubernetes is not for this Talos; null when it is.</summary>
    public static string? Incompatible(string kubernetes, string talos) =>
        Minors.TryGetValue(Minor(talos), out var known) && Minor(kubernetes) <= known.Kubernetes
            ? null
            : $"version of Kubernetes {kubernetes} is too new to be used with Talos {talos}";

    /// <summary>The 34 of 1.34.1.</summary>
    public static int Minor(string version) => Part(version, 1);

    public static int Patch(string version) => Part(version, 2);

    private static int Part(string version, int at) =>
        int.TryParse(
            version.Split('.').ElementAtOrDefault(at),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : -1;
}
