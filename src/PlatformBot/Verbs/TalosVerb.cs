using System.CommandLine;
using PlatformBot.Core.Secrets;
using PlatformBot.Talos;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot talos …</c>: a cluster's secrets between <c>talosctl</c> and <c>op</c>, never on disk, and its nodes' disks and versions.</summary>
internal static class TalosVerb
{
    public static Command Make(TextReader input)
    {
        var verb = new Command(
            "talos",
            "What talosctl does not do by itself: secrets in pipes, disks by their own names"
        )
        {
            ToVault(input),
            FromVault(input),
        };

        foreach (var disk in TalosDiskVerbs.Make())
            verb.Add(disk);

        verb.Add(TalosBackVerb.Make());
        return verb;
    }

    private static Command ToVault(TextReader input)
    {
        var title = Filter.Title();
        var verb = new Command("vault-item", "Read a secrets bundle, print it as a vault item") { title };

        verb.SetAction(parsed =>
            Filter.Print(
                parsed,
                SecretsBundle
                    .ToItem(Filter.Read(input), parsed.GetRequiredValue(title))
                    .Ok(out var item, out var refusal)
                    ? item.ToTemplate()
                    : refusal
            )
        );

        return verb;
    }

    private static Command FromVault(TextReader input)
    {
        var verb = new Command("secrets-bundle", "Read a vault item, print it as a secrets bundle");

        verb.SetAction(parsed =>
            Filter.Print(
                parsed,
                VaultItem.Parse(Filter.Read(input)).Ok(out var item, out var refusal)
                    ? SecretsBundle.FromItem(item)
                    : refusal
            )
        );

        return verb;
    }
}
