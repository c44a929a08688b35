using System.Diagnostics.CodeAnalysis;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>Ends a request with one of GitHub's error answers.</summary>
/// <param name="status">HTTP status</param>
/// <param name="wrongField">the field that a 422 complains about, or null</param>
[SuppressMessage("Design", "CA1064", Justification = "It ends a request and never leaves the server.")]
internal sealed class ApiException(int status, string message, string? wrongField = null, string? code = null)
    : Exception(message)
{
    public int Status => status;

    public string? Field => wrongField;

    public string? Code => code;
}
