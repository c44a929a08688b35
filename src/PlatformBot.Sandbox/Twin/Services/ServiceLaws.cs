namespace PlatformBot.Sandbox.Twin.Services;

/// <summary>The operators of what applications are built on.</summary>
internal static class ServiceLaws
{
    public static void Add(TwinWorld world)
    {
        world.Add(new PostgresLaw(world));
        world.Add(new PostgresDatabaseLaw(world));
        world.Add(new PostgresBackupLaw(world));
        world.Add(new DragonflyLaw(world));
        world.Add(new ObjectStoreLaw(world));
        world.Add(new KeycloakLaw(world));
    }
}
