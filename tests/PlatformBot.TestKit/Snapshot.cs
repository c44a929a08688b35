using System.Runtime.CompilerServices;
using Shouldly;

namespace PlatformBot.TestKit;

/// <summary>Compares text with a file next to the test. Run with UPDATE_SNAPSHOTS=1 to accept what is printed now.</summary>
public static class Snapshot
{
    public static void ShouldMatchSnapshot(this string actual, string name, [CallerFilePath] string testFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(testFile)!, "Snapshots", $"{name}.txt");

        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        actual.ShouldBe(File.ReadAllText(path));
    }
}
