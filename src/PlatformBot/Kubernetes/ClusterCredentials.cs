using PlatformBot.Core.Checks;

namespace PlatformBot.Kubernetes;

/// <summary>Who we are towards one cluster, now.</summary>
internal sealed record Credential(string? Token, string? CertificatePem, string? KeyPem)
{
    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => "a credential";
}

/// <summary>
/// Where one cluster's credentials come from, as kubectl has it: a token file before a token, either beside a client certificate, and a
/// program only where there is none of them. What was read is kept for a while, and dropped when the server refuses it.
/// </summary>
internal sealed class ClusterCredentials(
    ClusterAccess access,
    PluginRunner plugins,
    Redactor redactor,
    TimeProvider clock
) : IDisposable
{
    /// <summary>Tokens in files live for about an hour, and are written anew long before.</summary>
    private static readonly TimeSpan FileLife = TimeSpan.FromMinutes(1);

    /// <summary>One at a time: a program may ask a person, or a rate-limited server.</summary>
    private readonly SemaphoreSlim _one = new(1);

    private Known? _known;

    /// <exception cref="ApiException">There is nothing to ask with.</exception>
    public async Task<Credential> GetAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known && known.IsGood(clock))
            return known.Credential;

        await _one.WaitAsync(cancellationToken);

        try
        {
            if (_known is not { } found || !found.IsGood(clock))
                _known = found = await ReadAsync(cancellationToken);

            return found.Credential;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The server has refused it. False when reading it again would bring the same.</summary>
    public bool Drop(Credential refused)
    {
        if (ReferenceEquals(_known?.Credential, refused))
            _known = null;

        return access.TokenFile is not null || UsesPlugin;
    }

    public void Dispose() => _one.Dispose();

    private bool UsesPlugin => access is { Plugin: not null, Token: null, TokenFile: null, CertificatePem: null };

    private async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        var known =
            access.TokenFile is { } file
                ? new Known(
                    new(await ReadFileAsync(file, cancellationToken), access.CertificatePem, access.KeyPem),
                    clock.GetTimestamp(),
                    FileLife
                )
            : UsesPlugin ? await RunAsync(access.Plugin!, cancellationToken)
            : new Known(new(access.Token, access.CertificatePem, access.KeyPem), clock.GetTimestamp());

        foreach (var secret in new[] { known.Credential.Token, known.Credential.KeyPem }.OfType<string>())
            redactor.Learn(secret);

        return known;
    }

    private async Task<Known> RunAsync(CredentialPlugin plugin, CancellationToken cancellationToken)
    {
        var answer = await plugins(plugin, PluginAnswer.InfoFor(plugin, access), cancellationToken);

        if (!PluginAnswer.Read(plugin, answer).Ok(out var read, out var refusal))
            throw ApiException.NotAsked(refusal with { Reason = redactor.Redact(refusal.Reason) });

        return new(read.Credential, clock.GetTimestamp()) { Until = read.Until };
    }

    private static async Task<string> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancellationToken)).Trim() is { Length: > 0 } token
                ? token
                : throw ApiException.NotAsked(
                    new($"the token file {file} is empty.", "See that whatever renews the token writes it whole.")
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ApiException.NotAsked(
                new(
                    $"the token file {file} cannot be read ({error.GetType().Name}).",
                    "See that it is there and that the bot may read it."
                )
            );
        }
    }

    /// <param name="Life">after which it is read again; null keeps it</param>
    private sealed record Known(Credential Credential, long Since, TimeSpan? Life = null)
    {
        /// <summary>When the program says that it is over, by the clock on the wall.</summary>
        public DateTimeOffset? Until { get; init; }

        public bool IsGood(TimeProvider clock) =>
            (Life is not { } life || clock.GetElapsedTime(Since) < life)
            && (Until is not { } until || clock.GetUtcNow() < until);
    }
}
