namespace PlatformBot.CrashMatrix;

/// <summary>What is asked of the matrix.</summary>
/// <param name="Play">one of <see cref="Plays"/>, or "" for all of them</param>
/// <param name="Sample">how many points of the short plays; null for all</param>
/// <param name="Runs">of the long play, or of a short one with many deaths</param>
/// <param name="Deaths">in each of those; null for one in a short play, and <see cref="InLongPlay"/> in the long one</param>
/// <param name="Point">only this one, of a short play</param>
internal sealed record Options(string Play, int? Sample, int Runs, int? Deaths, int Seed, Point? Point, bool Verbose)
{
    public int InLongPlay => Deaths ?? 40;

    public bool Has(string play) => Play.Length == 0 || Play == play;
}
