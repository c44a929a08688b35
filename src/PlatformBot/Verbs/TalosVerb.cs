using System.CommandLine;
using PlatformBot.Core.Secrets;
using PlatformBot.Talos;

namespace PlatformBot.Verbs;

/// <summary><c>platformbot talos …</c>: a cluster's secrets between <c>talosctl</c> and <c>op</c>, never on disk.</summary>
internal static class TalosVerb
{
    public static Command Make(TextReader input) =>
        new("talos", "Carry Talos' secrets between talosctl and the vault, for use in pipes")
        {
            ToVault(input),
            FromVault(input),
        };

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
