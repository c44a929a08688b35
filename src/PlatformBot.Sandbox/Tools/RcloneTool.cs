using System.Text.Json.Nodes;
using PlatformBot.Sandbox.Twin;
using PlatformBot.Sandbox.Twin.Storage;

namespace PlatformBot.Sandbox.Tools;

/// <summary>rclone, as far as the bot's host uses it: one file to the NAS, and a look at it, with the key in its environment.</summary>
internal sealed class RcloneTool(TwinWorld world)
{
    private const string Remote = ":s3:";

    public Tool Create() =>
        new(
            "rclone",
            "s3-provider= s3-env-auth s3-endpoint= s3-no-check-bucket verbose,v",
            "Error: {0}",
            [
                Command.Quick("version", "", Version),
                new Command("copyto", "", CopyAsync),
                Command.Quick("lsjson", "stat", Look),
            ]
        );

    private static int Version(ToolCall call, Flags flags)
    {
        call.PrintLine("rclone v1.71.0\n- os/type: linux\n- os/arch: amd64");
        return 0;
    }

    private async Task<int> CopyAsync(ToolCall call, Flags flags)
    {
        if (flags.Words is not [var from, var to] || PlaceOf(to) is not { } place)
            throw new ToolException("Error: the sandbox's rclone copies one file to :s3:bucket/path");

        if (!File.Exists(call.PathOf(from)))
            throw new ToolException("ERROR : error reading source root directory: directory not found", exitCode: 3);

        Open(call, place);
        await call.PauseAsync(TimeSpan.FromSeconds(2));
        world.Nas.Put(place, new NasFile(await call.ReadAsync(from), call.Now));

        if (flags.IsOn("verbose"))
            call.ComplainLine($"INFO  : {Path.GetFileName(from)}: Copied (new) to: {Path.GetFileName(place)}");

        return 0;
    }

    private int Look(ToolCall call, Flags flags)
    {
        if (flags.Words is not [var path] || PlaceOf(path) is not { } place)
            throw new ToolException("Error: the sandbox's rclone looks at :s3:bucket/path");

        Open(call, place);

        if (world.Nas.FileAt(place) is not { } file)
            throw new ToolException("ERROR : error listing: object not found", exitCode: 4);

        call.PrintLine(
            JsonText.Indented(
                new JsonObject
                {
                    ["Path"] = Path.GetFileName(place),
                    ["Name"] = Path.GetFileName(place),
                    ["Size"] = file.Text.Length,
                    ["ModTime"] = $"{file.ModifiedAt:yyyy-MM-ddTHH:mm:ss.fffffff}Z",
                    ["IsDir"] = false,
                },
                1
            )
        );
        return 0;
    }

    private void Open(ToolCall call, string place)
    {
        var bucket = place.Split('/')[0];
        var trouble = world.Nas.TroubleOutside(
            bucket,
            call.Variable("AWS_ACCESS_KEY_ID"),
            call.Variable("AWS_SECRET_ACCESS_KEY")
        );
        const string failed = "ERROR : Failed to copyto: operation error S3: PutObject,";

        if (trouble is not NasTrouble.None)
        {
            throw new ToolException(
                trouble switch
                {
                    NasTrouble.Away =>
                        $"{failed} exceeded maximum number of attempts, 10, request send failed, Put \"http://{Nas.Address}/{place}\": dial tcp {Nas.Address}: connect: no route to host",
                    NasTrouble.WrongKey =>
                        $"{failed} https response error StatusCode: 403, api error InvalidAccessKeyId: The Access Key Id you provided does not exist in our records.",
                    _ =>
                        $"{failed} https response error StatusCode: 404, NoSuchBucket: The specified bucket does not exist",
                }
            );
        }
    }

    private static string? PlaceOf(string path) =>
        path.StartsWith(Remote, StringComparison.Ordinal) ? path[Remote.Length..] : null;
}
