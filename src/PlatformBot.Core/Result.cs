using System.Diagnostics.CodeAnalysis;

namespace PlatformBot.Core;

/// <summary>An expected "no", in words for the person who asked.</summary>
/// <param name="Hint">the way out: what to do instead</param>
public sealed record Refusal(string Reason, string Hint);

/// <summary>Either a value or a <see cref="Refusal"/>. Bugs and lost infrastructure are exceptions, not refusals.</summary>
public readonly struct Result<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly Refusal? _refusal;

    private Result(T? value, Refusal? refusal) => (_value, _refusal) = (value, refusal);

    public static implicit operator Result<T>(T value) => new(value, refusal: null);

    public static implicit operator Result<T>(Refusal refusal) => new(value: default, refusal);

    public bool Ok([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        (value, refusal) = (_value, _refusal);
        return _refusal is null;
    }
}
