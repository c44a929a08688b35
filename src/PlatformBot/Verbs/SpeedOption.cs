using System.CommandLine;

namespace PlatformBot.Verbs;

/// <summary><c>--speed</c> of every verb that lives in the sandbox.</summary>
internal static class SpeedOption
{
    private const double Slowest = 1;
    private const double Fastest = 1000;

    /// <param name="usual">when nothing is said</param>
    public static Option<double> Make(double usual)
    {
        var option = new Option<double>("--speed")
        {
            Description = "how many times as fast as real time the platform lives, from 1 to 1000",
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double>() is not (>= Slowest and <= Fastest))
                given.AddError($"--speed goes from {Slowest} to {Fastest}.");
        });
        return option;
    }
}
