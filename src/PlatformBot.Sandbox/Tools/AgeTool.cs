using System.Security.Cryptography;

namespace PlatformBot.Sandbox.Tools;

/// <summary>age: a file for the holder of one key. What it writes here is random: nobody opens it, and nothing of the file is in it.</summary>
internal static class AgeTool
{
    /// <summary>"age1" and 58 characters.</summary>
    private const int RecipientLength = 62;

    public static Tool Create() =>
        new(
            "age",
            "version encrypt,e recipients-file,R= recipient,r= output,o=",
            "age: error: {0}\nage: report unexpected or unhelpful errors at https://filippo.io/age/report",
            [new Command("", "", RunAsync)]
        );

    private static async Task<int> RunAsync(ToolCall call, Flags flags)
    {
        if (flags.IsOn("version"))
        {
            call.PrintLine("v1.2.1");
            return 0;
        }

        var recipients = flags.All("recipient").ToList();

        foreach (var file in flags.All("recipients-file"))
            recipients.AddRange(RecipientsOf(file, await call.ReadAsync(file)));

        if (recipients.Count == 0)
            throw new ToolException("age: error: missing recipients");

        var text = await ReadAsync(call, flags.Words.FirstOrDefault() ?? "-");
        var sealedText =
            $"age-encryption.org/v1\n-> X25519 {RandomNumberGenerator.GetHexString(43)}\n{RandomNumberGenerator.GetHexString(text.Length)}\n";
        await call.WriteAsync(flags.Get("output", "-"), sealedText);
        return 0;
    }

    private static List<string> RecipientsOf(string file, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var known = lines.Where(line => !line.StartsWith('#')).ToList();
        var wrong = known.FindIndex(line =>
            !line.StartsWith("age1", StringComparison.Ordinal) || line.Length != RecipientLength
        );
        return wrong < 0
            ? known
            : throw new ToolException(
                $"age: error: failed to parse recipient file \"{file}\": malformed recipient at line {wrong + 1}"
            );
    }

    private static async Task<string> ReadAsync(ToolCall call, string path)
    {
        try
        {
            return await call.ReadAsync(path);
        }
        catch (IOException)
        {
            throw new ToolException(
                $"age: error: failed to open input file \"{path}\": open {path}: no such file or directory"
            );
        }
    }
}
