namespace PlatformBot.Sandbox.Twin.Mesh;

/// <summary>One line of `linkerd check`.</summary>
/// <param name="Result">success, warning or error</param>
/// <param name="Error">What was found, when it is not a success.</param>
/// <param name="Hint">The address that explains it, when it is not a success.</param>
public sealed record MeshCheck(string Category, string Description, string Result, string Error = "", string Hint = "");

/// <summary>Collects checks; after a fatal one the rest is not run, as in the real tool.</summary>
internal sealed class MeshCheckList
{
    private bool _stopped;
    private string _category = "";

    public List<MeshCheck> Checks { get; } = [];

    public MeshCheckList In(string category)
    {
        _category = category;
        return this;
    }

    /// <param name="problem">null or "" = success</param>
    public MeshCheckList Add(
        string description,
        string? problem = null,
        string anchor = "",
        bool fatal = false,
        bool warns = false
    )
    {
        if (_stopped)
            return this;

        var failed = problem is { Length: > 0 };
        Checks.Add(
            failed
                ? new MeshCheck(
                    _category,
                    description,
                    warns ? "warning" : "error",
                    problem!,
                    $"https://linkerd.io/2/checks/#{anchor}"
                )
                : new MeshCheck(_category, description, "success")
        );
        _stopped |= failed && fatal;
        return this;
    }

    public MeshCheckList AddAll(params string[] descriptions)
    {
        foreach (var description in descriptions)
            Add(description);

        return this;
    }
}
