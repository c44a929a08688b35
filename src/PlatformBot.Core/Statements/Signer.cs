using System.Text.RegularExpressions;

namespace PlatformBot.Core.Statements;

/// <summary>How a person is called in the list of keys: by their user name or id in chat.</summary>
public static partial class Signer
{
    /// <summary>
    /// No pattern of such a list (it knows * ? ! and commas), nothing that a command line could take for an option, and no white space.
    /// </summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
