namespace PlatformBot.Core.Runbooks;

/// <summary>A mistake in a file of the catalogue, in words for the person who wrote it.</summary>
/// <param name="File">as one would open it from the root folder: "commands/phases/1-foundation.yaml"</param>
/// <param name="Line">counted from 1</param>
/// <param name="Column">counted from 1</param>
/// <param name="Cure">what to write instead; "" when <paramref name="What"/> says it all</param>
public sealed record Problem(string File, int Line, int Column, string What, string Cure)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {What}{(Cure.Length > 0 ? " " + Cure : "")}";
}

/// <summary>Collects mistakes; the same one, met again for the next cluster, is kept once.</summary>
internal sealed class Problems
{
    private readonly HashSet<Problem> _found = [];

    public int Count => _found.Count;

    public void Add(Place at, string what, string cure = "") =>
        _found.Add(new Problem(at.Source.File, at.Line, at.Column, what, cure));

    public IReadOnlyList<Problem> InOrder() =>
        [
            .. _found
                .OrderBy(problem => problem.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column)
                .ThenBy(problem => problem.What, StringComparer.Ordinal),
        ];
}
