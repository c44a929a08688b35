using System.Security.Cryptography;
using System.Text;
using PlatformBot.Core;

namespace PlatformBot.Mattermost;

/// <summary>32 random bytes in a file that only the bot may read. Buttons keep working across restarts because it stays.</summary>
internal static class SigningKey
{
    private const int Bytes = 32;

    public static byte[] ReadOrMake(string path)
    {
        if (!File.Exists(path))
            Make(path);

        var key = Convert.FromBase64String(File.ReadAllText(path).Trim());

        return key.Length == Bytes
            ? key
            : throw new InvalidDataException(
                $"{path} does not hold a signing key of {Bytes} bytes; remove it and it is made anew."
            );
    }

    private static void Make(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);

        // Beside its place first: a power cut leaves a whole key or none, never half of one.
        var draft = $"{path}.{Guid.NewGuid():N}";

        using (var file = new FileStream(draft, OwnerOnly.Writing(FileMode.CreateNew)))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path);
    }
}
