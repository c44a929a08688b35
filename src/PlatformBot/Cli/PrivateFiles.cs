using System.Text;
using System.Text.RegularExpressions;
using PlatformBot.Core;
using PlatformBot.Core.Planning;

namespace PlatformBot.Cli;

/// <summary>Texts that steps' processes find as files: written right before, for their owner only, gone right after.</summary>
internal sealed partial class PrivateFiles(SecretSource secrets, string runtime) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>How many steps use a file now: equal texts are one file.</summary>
    private readonly Dictionary<string, int> _users = [];

    /// <summary>What comes back takes the files away.</summary>
    public async Task<Result<IAsyncDisposable>> WriteAsync(
        IReadOnlyList<PlannedFile> files,
        CancellationToken cancelled
    )
    {
        await _gate.WaitAsync(cancelled);
        var written = new List<string>();
        var isWhole = false;

        try
        {
            foreach (var file in files)
            {
                // Counted before it is written: half of a file is taken away, too.
                var isThere = _users.ContainsKey(file.Path);
                _users[file.Path] = _users.GetValueOrDefault(file.Path) + 1;
                written.Add(file.Path);

                if (!isThere && await WriteAsync(file, cancelled) is { } refusal)
                    return refusal;
            }

            isWhole = true;
            return new Written(this, written);
        }
        finally
        {
            if (!isWhole)
                TakeAway(written);

            _gate.Release();
        }
    }

    /// <summary>Takes away what a crash left, before anything is started that might read it.</summary>
    public async Task SweepAsync()
    {
        var folder = Path.Combine(runtime, "files");
        await _gate.WaitAsync(CancellationToken.None);

        try
        {
            var left = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

            foreach (var path in left.Where(path => !_users.ContainsKey(path)))
                File.Delete(path);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<Refusal?> WriteAsync(PlannedFile file, CancellationToken cancelled)
    {
        var references = Reference()
            .Matches(file.Text)
            .Select(match => match.Groups["reference"].Value)
            .Distinct()
            .ToDictionary(reference => reference);

        if (!(await secrets.ReadAsync(references, cancelled)).Ok(out var values, out var refusal))
            return refusal;

        var text = Reference().Replace(file.Text, match => values[match.Groups["reference"].Value]);

        try
        {
            OwnerOnly.CreateFolder(Path.GetDirectoryName(file.Path)!);

            await using var stream = new FileStream(file.Path, OwnerOnly.Writing(FileMode.Create));
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancelled);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Refusal(
                $"The file {file.Name} cannot be written: {error.GetType().Name}.",
                $"See that {runtime} exists, has room and belongs to the bot (Paths:Runtime)."
            );
        }
    }

    private void TakeAway(IReadOnlyList<string> paths)
    {
        foreach (var path in paths.Where(path => --_users[path] == 0))
        {
            _users.Remove(path);

            // And what a program that was ended had begun to write beside it ("NAME.part").
            foreach (var written in Directory.GetFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}*"))
                File.Delete(written);
        }
    }

    private sealed class Written(PrivateFiles files, IReadOnlyList<string> paths) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await files._gate.WaitAsync(CancellationToken.None);

            try
            {
                files.TakeAway(paths);
            }
            finally
            {
                files._gate.Release();
            }
        }
    }

    /// <summary>As in the templates that op itself fills in.</summary>
    [GeneratedRegex(@"\{\{\s*(?<reference>op://[^\s{}]+)\s*\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
