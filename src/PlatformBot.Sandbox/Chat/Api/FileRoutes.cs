using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PlatformBot.Sandbox.Chat.Wire;

namespace PlatformBot.Sandbox.Chat.Api;

/// <summary>Files: uploaded first, attached to a post later.</summary>
internal sealed class FileRoutes(ChatState state)
{
    public const long Largest = 104_857_600;

    /// <summary>Room for the other parts of a multipart body.</summary>
    public const long LargestBody = Largest + (1024 * 1024);

    public IEnumerable<Route> Routes =>
        [
            new("POST", "/api/v4/files", UploadAsync),
            new("GET", "/api/v4/files/{file_id}", DownloadAsync),
            new("GET", "/api/v4/files/{file_id}/info", InfoAsync),
            new("GET", "/api/v4/posts/{post_id}/files/info", OfPostAsync),
        ];

    private async Task UploadAsync(Call call)
    {
        var me = call.Me();

        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody;

        var request = call.Http.Request;
        List<UploadedFile> files;
        string channelId;
        IReadOnlyList<string> clientIds = [];

        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(
                new FormOptions { MultipartBodyLengthLimit = LargestBody },
                call.Aborted
            );
            channelId = form["channel_id"].ToString();
            clientIds = [.. form["client_ids"].OfType<string>()];
            files = [];

            foreach (var part in form.Files.Where(part => part.Name == "files"))
                files.Add(await ReadAsync(me, part.FileName, part.ContentType, part.OpenReadStream(), call.Aborted));
        }
        else
        {
            channelId = call.Query("channel_id");
            var type = request.ContentType ?? "application/octet-stream";
            files = [await ReadAsync(me, call.Query("filename"), type, request.Body, call.Aborted)];
        }

        await StoreAsync(call, me, channelId, files, clientIds);
    }

    private async Task<UploadedFile> ReadAsync(
        User me,
        string name,
        string type,
        Stream content,
        CancellationToken aborted
    )
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, aborted);

        if (copy.Length > Largest)
        {
            throw new ChatException(
                413,
                "api.file.upload_file.too_large_detailed.app_error",
                $"Unable to upload file {name}. {copy.Length} bytes exceeds the maximum allowed {Largest} bytes."
            );
        }

        return new UploadedFile(ChatState.NewId(), me.Id, Path.GetFileName(name), type, copy.ToArray(), state.Now);
    }

    private async Task StoreAsync(
        Call call,
        User me,
        string channelId,
        List<UploadedFile> files,
        IReadOnlyList<string> clientIds
    )
    {
        if (channelId.Length == 0)
            throw ChatException.BadBody("channel_id");

        lock (state.Gate)
        {
            if (!state.IsMember(channelId, me.Id))
                throw ChatException.Forbidden();

            foreach (var file in files)
                state.Files[file.Id] = file;
        }

        await call.AnswerAsync(
            new JsonObject
            {
                ["file_infos"] = GoJson.Array(files.Select(Render.File)),
                ["client_ids"] = GoJson.Array(clientIds.Select(id => (JsonNode)id)),
            },
            StatusCodes.Status201Created
        );
    }

    private UploadedFile Readable(Call call)
    {
        var me = call.Me();
        var id = call.Id("file_id");

        lock (state.Gate)
        {
            if (!state.Files.TryGetValue(id, out var file))
                throw new ChatException(404, "app.file_info.get.app_error", "Unable to get the file info.");

            var isMine = file.UserId == me.Id;
            var isInMyChannel =
                state.Posts.TryGetValue(file.PostId, out var post) && state.MayRead(state.Channels[post.ChannelId], me);

            return isMine || isInMyChannel ? file : throw ChatException.Forbidden();
        }
    }

    private Task DownloadAsync(Call call)
    {
        var file = Readable(call);
        var response = call.Http.Response;

        // Whatever was uploaded is shown as nothing but a file: it must not run on this page's origin.
        response.ContentType = file.MimeType.StartsWith("text/html", StringComparison.OrdinalIgnoreCase)
            ? "text/plain; charset=utf-8"
            : file.MimeType;
        response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(file.Name)}";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = file.Bytes.Length;
        return response.Body.WriteAsync(file.Bytes, call.Aborted).AsTask();
    }

    private Task InfoAsync(Call call) => call.AnswerAsync(Render.File(Readable(call)));

    private Task OfPostAsync(Call call)
    {
        var me = call.Me();
        var id = call.Id("post_id");

        lock (state.Gate)
        {
            if (!state.Posts.TryGetValue(id, out var post) || !state.MayRead(state.Channels[post.ChannelId], me))
                throw ChatException.Forbidden();

            return call.AnswerAsync(GoJson.Array(post.FileIds.Select(file => Render.File(state.Files[file]))));
        }
    }
}
