namespace PlatformBot.Sandbox.Twin.Security;

/// <summary>Secrets from the vault, certificates, public names.</summary>
internal static class SecurityLaws
{
    public static void Add(TwinWorld world)
    {
        world.Add(new SecretStoreLaw(world));
        world.Add(new ExternalSecretLaw(world));
        world.Add(new ClusterIssuerLaw(world));
        world.Add(new CertificateLaw(world));
        world.Add(new ExternalDnsLaw(world));
    }
}
