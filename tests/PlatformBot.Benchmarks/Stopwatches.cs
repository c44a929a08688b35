namespace PlatformBot.Benchmarks;

/// <summary>Times calls one after the other.</summary>
internal static class Stopwatches
{
    /// <param name="warmUp">calls that are made first and not counted: the compiler's share</param>
    public static List<TimeSpan> Time(int warmUp, int count, Action call)
    {
        var times = new List<TimeSpan>(count);

        for (var i = -warmUp; i < count; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            call();

            if (i >= 0)
                times.Add(TimeProvider.System.GetElapsedTime(began));
        }

        return times;
    }

    public static async Task<List<TimeSpan>> TimeAsync(int warmUp, int count, Func<int, Task> call)
    {
        var times = new List<TimeSpan>(count);

        for (var i = -warmUp; i < count; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await call(i);

            if (i >= 0)
                times.Add(TimeProvider.System.GetElapsedTime(began));
        }

        return times;
    }
}
