using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using PlatformBot.Core.Journals;
using PlatformBot.Core.Runs;
using PlatformBot.Storage;
using PlatformBot.Verbs.Demo;

namespace PlatformBot.Tests.Stories;

/// <summary>What no honest client does, and what only an auditor reads.</summary>
internal sealed partial class TheChat
{
    private readonly HttpClient _http = new();

    public string JournalPath => Path.Combine(_folder, "journal.sqlite");

    public string ToolAt(string name) => Path.Combine(Catalogues.ToolsFolder(_folder), name);

    public Uri BotUri => new(_bot!.Urls.First());

    /// <summary>Every entry, oldest first, read from the file.</summary>
    public IReadOnlyList<Entry> Journal
    {
        get
        {
            using var journal = new JournalReader(JournalPath);
            return [.. journal.ReadAll().Select(entry => entry.ToEntry())];
        }
    }

    /// <summary>What every entry says.</summary>
    public IEnumerable<RunEvent> Events => Journal.Select(entry => entry.What);

    /// <summary>Waits until the journal says so.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<Entry>, bool> says)
    {
        while (!says(Journal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Limit);
    }

    /// <summary>Runs one of the program's verbs on the bot's host.</summary>
    public static (int Exit, string Output) Runs(System.CommandLine.Command verb, params string[] words)
    {
        var output = new StringWriter();
        var exit = verb.Parse(words).Invoke(new() { Output = output, Error = output });
        return (exit, output.ToString());
    }

    /// <summary>What was asked for in vain, as "who: what → rule", and what was suspected.</summary>
    public IReadOnlyList<string> Audit => [.. Journal.Select(Line).OfType<string>()];

    /// <summary>The number of the first entry that does not follow from the one before; null when the chain is whole.</summary>
    public long? FirstBroken
    {
        get
        {
            using var journal = new JournalReader(JournalPath);
            var before = EntryJson.Genesis;

            foreach (var entry in journal.ReadAll())
            {
                var hash = EntryJson.Hash(before, entry.Number, entry.Run, entry.At, entry.By, entry.What);

                if (hash != entry.Hash)
                    return entry.Number;

                before = hash;
            }

            return null;
        }
    }

    /// <summary>The bytes of the journal, with what is not written back yet, as text.</summary>
    public string JournalBytes()
    {
        var bytes = new StringBuilder();

        foreach (var path in JournalFiles(_folder))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.Latin1);
            bytes.Append(reader.ReadToEnd());
        }

        return bytes.ToString();
    }

    /// <summary>Whatever holds entries; the bot lets nobody look into its lock.</summary>
    public static IEnumerable<string> JournalFiles(string folder) =>
        Directory.GetFiles(folder, "journal.sqlite*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>Until it is disposed, SQLite takes no entry, as when the disk is full.</summary>
    public IDisposable FullJournal()
    {
        var connection = new SqliteConnection($"Data Source={JournalPath}");
        connection.Open();
        connection.Execute(
            "create trigger full before insert on entries begin select raise(abort, 'database or disk is full'); end"
        );
        return new Room(connection);
    }

    /// <summary>Changes the journal behind the bot's back.</summary>
    public void Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={JournalPath}");
        connection.Open();
        connection.Execute(sql);
    }

    private sealed class Room(SqliteConnection connection) : IDisposable
    {
        public void Dispose()
        {
            connection.Execute("drop trigger full");
            connection.Dispose();
        }
    }

    /// <summary>Everything in the channel that the bot has said, character for character as the server has it: messages, boxes, files.</summary>
    public async Task<string> ChannelTextAsync()
    {
        var posts = await AsAdminAsync(HttpMethod.Get, $"channels/{Server.OpsChannelId}/posts?per_page=200");
        var all = new StringBuilder();

        foreach (var (_, post) in posts["posts"]!.AsObject())
        {
            if ((string?)post!["user_id"] != Server.BotUserId)
                continue;

            all.Append((string?)post["message"]).Append('\n');

            foreach (var box in post["props"]?["attachments"] as JsonArray ?? [])
                all.Append((string?)box!["title"]).Append('\n').Append((string?)box["text"]).Append('\n');

            foreach (var file in post["file_ids"] as JsonArray ?? [])
                all.Append(Core.Chat.Markdown.Fence(await FileAsync((string)file!))).Append('\n');
        }

        return all.ToString();
    }

    /// <summary>How many posts of the bot hold this text.</summary>
    public async Task<int> CountAsync(string text)
    {
        var posts = await AsAdminAsync(HttpMethod.Get, $"channels/{Server.OpsChannelId}/posts?per_page=200");
        return posts["posts"]!
            .AsObject()
            .Count(post =>
                (string?)post.Value!["user_id"] == Server.BotUserId
                && ((string?)post.Value["message"])!.Contains(text, StringComparison.Ordinal)
            );
    }

    /// <summary>
    /// Says something that the chat server itself would not let through, or would change; returns the bot's answer, character for
    /// character.
    /// </summary>
    public async Task<string> HearsAsync(string who, string text)
    {
        Tap.NextText = text;
        await SaysAsync(who, "/platform whoami");
        return (string?)JsonNode.Parse(Tap.LastAnswer)!["text"] ?? "";
    }

    /// <summary>Answers in the thread of a post with a file, as clients do: uploaded first, then attached.</summary>
    public async Task AttachesAsync(string who, SeenPost to, string name, string content)
    {
        using var upload = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(
                Server.BaseUri,
                $"api/v4/files?channel_id={Server.OpsChannelId}&filename={Uri.EscapeDataString(name)}"
            )
        );
        upload.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.Persons[who].Token);
        upload.Content = new StringContent(content);
        using var answer = await _http.SendAsync(upload, Limit);
        var infos = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Limit))!["file_infos"]!;
        var post = await AsAsync(who, HttpMethod.Get, $"posts/{to.Id}");
        var reply = new JsonObject
        {
            ["channel_id"] = Server.OpsChannelId,
            ["root_id"] = (string)post["root_id"]!,
            ["message"] = "here",
            ["file_ids"] = new JsonArray((string)infos[0]!["id"]!),
        };
        await AsAsync(who, HttpMethod.Post, "posts", reply);
    }

    /// <summary>Calls the chat server's API as a person, past every client.</summary>
    public Task<JsonNode> AsAsync(string who, HttpMethod method, string path, object? body = null) =>
        AskAsync(Server.Persons[who].Token, method, path, body);

    public Task<JsonNode> AsBotAsync(HttpMethod method, string path, object? body = null) =>
        AskAsync(Server.BotToken, method, path, body);

    public Task<JsonNode> AsAdminAsync(HttpMethod method, string path, object? body = null) =>
        AskAsync(Server.AdminToken, method, path, body);

    /// <summary>Straight to the bot, as anybody on the network can; returns status and body.</summary>
    public async Task<(int Status, string Body)> ForgesAsync(string path, HttpContent content)
    {
        using var answer = await _http.PostAsync(new Uri(BotUri, path), content, Limit);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Limit));
    }

    /// <summary>Where clicks lead.</summary>
    public Uri ActionAddress => new(Tap.Address, "mattermost/action");

    private async Task<string> FileAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.BaseUri, $"api/v4/files/{id}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.AdminToken);
        using var answer = await _http.SendAsync(request, Limit);
        return await answer.Content.ReadAsStringAsync(Limit);
    }

    private async Task<JsonNode> AskAsync(string token, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server.BaseUri, $"api/v4/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var answer = await _http.SendAsync(request, Limit);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Limit)) ?? new JsonObject();
    }

    private static string? Line(Entry entry) =>
        entry.What switch
        {
            RunEvent.Refused no => $"{entry.By.Name}: {no.What} → {no.Rule}",
            RunEvent.Suspected odd => $"suspected: {odd.What}",
            _ => null,
        };
}
