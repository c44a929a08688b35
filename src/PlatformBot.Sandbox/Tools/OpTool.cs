using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PlatformBot.Sandbox.Twin.Vault;

namespace PlatformBot.Sandbox.Tools;

/// <summary>1Password's command line tool.</summary>
internal sealed partial class OpTool(PasswordVault vault, Faults faults)
{
    public Tool Create() =>
        new(
            "op",
            "format= vault= account= version,v",
            "[ERROR] {0}",
            [
                Command.Quick("", "", Version),
                Command.Quick("whoami", "", WhoAmI),
                Command.Quick("vault get", "", GetVault),
                Command.Quick("item get", "fields= reveal", GetItem),
                new Command("item create", "template= category= title=", CreateItemAsync),
                Command.Quick("item delete", "archive", DeleteItem),
                new Command("item move", "current-vault= destination-vault=", MoveItemAsync),
                new Command("document create", "title= file-name= tags=", CreateDocumentAsync),
                Command.Quick("document get", "", GetDocument),
                Command.Quick("read", "no-newline,n", Read),
                new Command("inject", "in-file,i= out-file,o= force,f", InjectAsync),
            ]
        );

    private static int Version(ToolCall call, Flags flags)
    {
        if (!flags.Given("version"))
            throw Error(call, "unknown command");

        call.PrintLine("2.32.0");
        return 0;
    }

    private int WhoAmI(ToolCall call, Flags flags)
    {
        SignIn(call);
        PrintJson(
            call,
            new JsonObject
            {
                ["url"] = "https://my.1password.com",
                ["user_uuid"] = "SANDBOXUSER00000000000000A",
                ["account_uuid"] = "SANDBOXACCOUNT000000000000",
                ["user_type"] = "SERVICE_ACCOUNT",
            }
        );
        return 0;
    }

    private int GetVault(ToolCall call, Flags flags)
    {
        SignIn(call);
        var name = NameOf(call, flags.Words.FirstOrDefault() ?? "");
        PrintJson(
            call,
            new JsonObject
            {
                ["id"] = vault.Vaults[name],
                ["name"] = name,
                ["content_version"] = 1,
                ["items"] = vault.Items.Count(item => item.Vault == name),
                ["type"] = "USER_CREATED",
            }
        );
        return 0;
    }

    private int GetItem(ToolCall call, Flags flags)
    {
        SignIn(call);
        PrintJson(call, ItemJson(FindItem(call, flags), withValues: true));
        return 0;
    }

    private int DeleteItem(ToolCall call, Flags flags)
    {
        SignIn(call);
        vault.Remove(FindItem(call, flags));
        return 0;
    }

    /// <summary>A copy under a new id, then the end of what was copied: killed in between, there are two.</summary>
    private async Task<int> MoveItemAsync(ToolCall call, Flags flags)
    {
        SignIn(call);
        var item = FindItem(call, NameOf(call, flags.Get("current-vault", "")), flags);
        var to = NameOf(call, flags.Get("destination-vault", ""));
        var copy = vault.Add(to, item.Title, item.Fields, item.Category, item.Document);
        await call.PauseAsync(TimeSpan.FromSeconds(2));
        vault.Remove(item);
        PrintJson(call, ItemJson(copy, withValues: true));
        return 0;
    }

    private async Task<int> CreateItemAsync(ToolCall call, Flags flags)
    {
        SignIn(call);
        var name = NameOf(call, flags.Get("vault", ""));
        var source =
            flags.Words.FirstOrDefault() ?? flags.Get("template") ?? throw Error(call, "no item template was given");
        var template = ParseTemplate(call, await call.ReadAsync(source));
        var fields = (template["fields"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .ToDictionary(
                field => (string?)field["label"] ?? (string?)field["id"] ?? "",
                field => (string?)field["value"] ?? ""
            );
        var item = vault.Add(
            name,
            flags.Get("title") ?? (string?)template["title"] ?? throw Error(call, "the item template has no title"),
            fields,
            (string?)template["category"] ?? "SECURE_NOTE"
        );
        PrintJson(call, ItemJson(item, withValues: true));
        return 0;
    }

    private static JsonObject ParseTemplate(ToolCall call, string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject
                ?? throw Error(call, "unable to process line 1: expected an object");
        }
        catch (JsonException)
        {
            throw Error(call, "invalid JSON in piped input");
        }
    }

    private async Task<int> CreateDocumentAsync(ToolCall call, Flags flags)
    {
        SignIn(call);
        var name = NameOf(call, flags.Get("vault", ""));
        var text = await call.ReadAsync(flags.Words.FirstOrDefault() ?? "-");

        if (text.Length == 0)
            throw Error(call, "the document is empty");

        var title = flags.Get("title") ?? flags.Get("file-name", "document");
        var item = vault.Add(name, title, new Dictionary<string, string>(), "DOCUMENT", text);
        var now = $"{call.Now:yyyy-MM-ddTHH:mm:ssZ}";
        PrintJson(
            call,
            new JsonObject
            {
                ["uuid"] = item.Id,
                ["createdAt"] = now,
                ["updatedAt"] = now,
                ["vaultUuid"] = vault.Vaults[name],
            }
        );
        return 0;
    }

    private int GetDocument(ToolCall call, Flags flags)
    {
        SignIn(call);
        call.Print(FindItem(call, flags).Document ?? throw Error(call, "the item is not a document"));
        return 0;
    }

    private int Read(ToolCall call, Flags flags)
    {
        SignIn(call);
        var value = Resolve(call, flags.Words.FirstOrDefault() ?? "");
        call.Print(flags.IsOn("no-newline") ? value : value + "\n");
        return 0;
    }

    private async Task<int> InjectAsync(ToolCall call, Flags flags)
    {
        SignIn(call);
        var template = await call.ReadAsync(flags.Get("in-file", "-"));
        var injected = Reference().Replace(template, found => Resolve(call, found.Value));
        await call.WriteAsync(flags.Get("out-file", "-"), injected);
        return 0;
    }

    /// <summary>The value behind op://vault/item/field or op://vault/item/section/field.</summary>
    private string Resolve(ToolCall call, string reference)
    {
        var parts = reference["op://".Length..].Split('/');

        if (parts.Length is < 3 or > 4)
        {
            throw Error(
                call,
                $"invalid secret reference '{reference}': too few '/': secret references should match "
                    + "op://<vault>/<item>[/<section>]/<field>"
            );
        }

        var (name, title, field) = (NameOf(call, parts[0]), parts[1], parts[^1]);
        var item = vault.Find(name, title) is [var found]
            ? found
            : throw Error(
                call,
                $"could not resolve item UUID for item {title}: could not find item {title} in vault {vault.Vaults[name]}"
            );

        return item.Fields.GetValueOrDefault(field)
            ?? throw Error(
                call,
                $"could not read secret '{reference}': item '{name}/{title}' does not have a field '{field}'"
            );
    }

    private VaultItem FindItem(ToolCall call, Flags flags) =>
        FindItem(call, NameOf(call, flags.Get("vault", "")), flags);

    private VaultItem FindItem(ToolCall call, string name, Flags flags)
    {
        var title = flags.Words.FirstOrDefault() ?? throw Error(call, "no item was named");

        return vault.Find(name, title) switch
        {
            [var one] => one,
            [] => throw Error(
                call,
                $"\"{title}\" isn't an item in the \"{name}\" vault. Specify the item with its UUID, name, or domain."
            ),
            var several => throw Error(
                call,
                $"More than one item matches \"{title}\". Try again and specify the item by its ID:\n"
                    + string.Join(
                        '\n',
                        several.Select(item => $"\t* for the item \"{title}\" in vault {name}: {item.Id}")
                    )
            ),
        };
    }

    private string NameOf(ToolCall call, string name) =>
        vault.Vaults.ContainsKey(name)
            ? name
            : throw Error(call, $"\"{name}\" isn't a vault in this account. Specify the vault with its ID or name.");

    private void SignIn(ToolCall call)
    {
        var token = call.Variable("OP_SERVICE_ACCOUNT_TOKEN");

        if (token.Length == 0 || faults.Lasts("op/signed-out"))
            throw Error(call, "You are not currently signed in. Please run `op signin`.");

        if (token != vault.ServiceAccountToken)
            throw Error(call, "(403) Forbidden (Service Account Deleted), Your service account has been deleted.");
    }

    private JsonObject ItemJson(VaultItem item, bool withValues) =>
        new()
        {
            ["id"] = item.Id,
            ["title"] = item.Title,
            ["version"] = 1,
            ["vault"] = new JsonObject { ["id"] = vault.Vaults[item.Vault], ["name"] = item.Vault },
            ["category"] = item.Category,
            ["fields"] = new JsonArray([
                .. item.Fields.Select(field => new JsonObject
                {
                    ["id"] = field.Key,
                    ["type"] = "CONCEALED",
                    ["label"] = field.Key,
                    ["value"] = withValues ? field.Value : null,
                    ["reference"] = $"op://{item.Vault}/{item.Title}/{field.Key}",
                }),
            ]),
        };

    private static void PrintJson(ToolCall call, JsonObject json) => call.PrintLine(JsonText.Indented(json, 2));

    private static ToolException Error(ToolCall call, string message) =>
        new($"[ERROR] {call.Now:yyyy'/'MM'/'dd HH:mm:ss} {message}");

    [GeneratedRegex(
        "op://[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Reference();
}
