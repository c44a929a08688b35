namespace PlatformBot.Sandbox.Twin.Applications;

/// <summary>What acts on its own among the applications.</summary>
internal static class ApplicationLaws
{
    public static void Add(TwinWorld world)
    {
        world.Add(new SharedSecrets());
        world.Add(new MattermostLaw(world));
    }
}
