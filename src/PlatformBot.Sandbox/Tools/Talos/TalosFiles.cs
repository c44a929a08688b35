using System.Security.Cryptography;
using PlatformBot.Sandbox.Twin.Kustomize;
using PlatformBot.Sandbox.Twin.Machines;

namespace PlatformBot.Sandbox.Tools.Talos;

/// <summary>The commands of talosctl that work on files alone.</summary>
internal static class TalosFiles
{
    public const string GenConfigFlags =
        "with-secrets= output-types,t= output,o= force,f talos-version= kubernetes-version=";

    public static async Task<int> GenSecretsAsync(ToolCall call, Flags flags)
    {
        var path = flags.Get("output-file", "secrets.yaml");
        RefuseExisting(call, flags, path);
        await call.WriteAsync(path, YamlText.Write(TalosSecrets.Generate(call.Now).ToBundle())[4..]);
        return 0;
    }

    public static async Task<int> GenConfigAsync(ToolCall call, Flags flags)
    {
        if (flags.Words is not [var cluster, var endpoint])
            throw new ToolException($"accepts 2 arg(s), received {flags.Words.Count}");

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme != "https")
        {
            throw new ToolException(
                $"no scheme and port specified for the cluster endpoint URL\ntry: \"https://{endpoint}:6443\""
            );
        }

        if (flags.Get("output-types") is not "talosconfig")
            throw new ToolException("the sandbox's talosctl generates --output-types talosconfig only");

        var output = flags.Get("output", "talosconfig");
        RefuseExisting(call, flags, output);
        var secrets = flags.Get("with-secrets") is { } file
            ? await ReadBundleAsync(call, file)
            : TalosSecrets.Generate(call.Now);
        await call.WriteAsync(output, TalosConfigFile.Create(cluster, secrets, call.Now));

        if (!IsStdout(output))
            call.ComplainLine($"Created {output}");

        return 0;
    }

    public static async Task<int> PatchAsync(ToolCall call, Flags flags)
    {
        var config = await ReadConfigAsync(call, flags.Words.FirstOrDefault() ?? "");
        await call.WriteAsync(
            flags.Get("output", "-"),
            (await PatchAllAsync(call, config, flags.All("patch"))).ToYaml()
        );
        return 0;
    }

    public static async Task<int> ValidateAsync(ToolCall call, Flags flags)
    {
        if (!flags.Given("mode"))
            throw new ToolException("required flag(s) \"mode\" not set\n\nUsage:\n  talosctl validate [flags]");

        var path = flags.Get("config", "");
        var problems = (await ReadConfigAsync(call, path)).Problems();

        if (problems.Count > 0)
            throw new ToolException($"{Listed(problems)}\n");

        call.PrintLine($"{path} is valid for {flags.Get("mode")} mode");
        return 0;
    }

    /// <exception cref="ToolException">A patch cannot be read, or is no YAML.</exception>
    public static async Task<MachineConfig> PatchAllAsync(
        ToolCall call,
        MachineConfig config,
        IEnumerable<string> patches
    )
    {
        foreach (var patch in patches)
        {
            try
            {
                config = config.Patch(patch.StartsWith('@') ? await call.ReadAsync(patch[1..]) : patch);
            }
            catch (FormatException wrong)
            {
                throw new ToolException($"error parsing patch: {wrong.Message}");
            }
            catch (IOException)
            {
                throw new ToolException($"open {patch[1..]}: no such file or directory");
            }
        }

        return config;
    }

    /// <summary>As Go's multierror prints it.</summary>
    public static string Listed(IReadOnlyList<string> problems) =>
        $"{problems.Count} error{(problems.Count == 1 ? "" : "s")} occurred:\n"
        + string.Concat(problems.Select(problem => $"\t* {problem}\n"));

    private static async Task<MachineConfig> ReadConfigAsync(ToolCall call, string path)
    {
        try
        {
            return MachineConfig.Parse(await call.ReadAsync(path));
        }
        catch (FormatException wrong)
        {
            throw new ToolException($"failed to load config: {wrong.Message}");
        }
        catch (IOException)
        {
            throw new ToolException($"open {path}: no such file or directory");
        }
    }

    private static async Task<TalosSecrets> ReadBundleAsync(ToolCall call, string file)
    {
        try
        {
            return TalosSecrets.FromBundle(YamlText.ReadMapping(await call.ReadAsync(file)));
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or CryptographicException)
        {
            throw new ToolException($"failed to load secrets bundle: {wrong.Message}");
        }
    }

    private static void RefuseExisting(ToolCall call, Flags flags, string path)
    {
        if (path != "-" && !flags.IsOn("force") && File.Exists(call.PathOf(path)))
            throw new ToolException($"file \"{path}\" already exists, use --force to overwrite");
    }

    private static bool IsStdout(string path) => path is "-" or "/dev/stdout";
}
