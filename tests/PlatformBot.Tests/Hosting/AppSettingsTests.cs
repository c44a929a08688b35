using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using PlatformBot.Cli;
using PlatformBot.GitHub;
using PlatformBot.Hosting;
using PlatformBot.Kubernetes;
using PlatformBot.Mattermost;
using PlatformBot.Storage;
using PlatformBot.Terminal;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Hosting;

public sealed class AppSettingsTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        (HttpOptions.Section, typeof(HttpOptions)),
        ("Mattermost", typeof(MattermostOptions)),
        ("Access", typeof(AccessOptions)),
        ("Approval", typeof(ApprovalOptions)),
        ("Freeze", typeof(FreezeOptions)),
        ("GitHub", typeof(GitHubOptions)),
        ("Paths", typeof(PathsOptions)),
        ("Storage", typeof(StorageOptions)),
        ("Console", typeof(ConsoleOptions)),
        ("Shutdown", typeof(ShutdownOptions)),
        ("Tools", typeof(ToolsOptions)),
        ("Kubernetes", typeof(KubernetesOptions)),
    ];

    [Fact]
    public void The_shipped_settings_name_every_setting_and_nothing_else()
    {
        var shipped = new ConfigurationBuilder().AddJsonFile(File("appsettings.json")).Build();

        foreach (var (section, options) in Sections)
        {
            var settings = options
                .GetProperties()
                .Where(property => property.CanWrite)
                .Select(property => property.Name)
                .ToHashSet();
            var named = shipped.GetSection(section).GetChildren().Select(child => child.Key).ToList();

            named.Except(settings).ShouldBeEmpty($"{section} names settings that do not exist");

            // A token in the file would invite people to put it there.
            settings.Except(named).Except(["Token"]).ShouldBeEmpty($"{section} leaves settings unexplained");
        }
    }

    [Fact]
    public void The_shipped_settings_are_valid_once_the_token_is_given()
    {
        var shipped = new ConfigurationBuilder()
            .AddJsonFile(File("appsettings.json"))
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Mattermost:Token"] = "given" })
            .Build();

        foreach (var (section, type) in Sections)
        {
            var options = shipped.GetSection(section).Get(type)!;
            Should.NotThrow(
                () => Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true),
                section
            );
        }
    }

    [Fact]
    public void A_console_without_what_it_needs_is_refused_with_the_names_of_the_files()
    {
        var options = new ConsoleOptions
        {
            AllowedSigners = "/nowhere/allowed",
            RevokedKeys = "/nowhere/revoked",
            SshKeygen = "/nowhere/ssh-keygen",
        };

        options
            .Validate(new ValidationContext(options))
            .Select(fault => fault.MemberNames.Single())
            .ShouldBe(["AllowedSigners", "RevokedKeys", "SshKeygen"]);
        new ConsoleOptions().Validate(new ValidationContext(options)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("deploy/bot/kubernetes/deployment.yaml", @"terminationGracePeriodSeconds: (\d+)")]
    [InlineData("deploy/bot/compose/compose.yaml", @"stop_grace_period: (\d+)s")]
    [InlineData("deploy/bot/systemd/platformbot.service", @"TimeoutStopSec=(\d+)")]
    public void Whoever_runs_the_bot_gives_it_the_time_that_it_takes_to_leave(string file, string pattern)
    {
        var given = Regex.Match(
            System.IO.File.ReadAllText(File(file)),
            pattern,
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );
        var needed = new ShutdownOptions().Grace + new ToolsOptions().Grace + ShutdownOptions.Farewell;

        TimeSpan.FromSeconds(int.Parse(given.Groups[1].Value)).ShouldBeGreaterThan(needed);
    }

    [Fact]
    public void The_shipped_settings_say_the_defaults_of_how_to_leave()
    {
        var shipped = new ConfigurationBuilder().AddJsonFile(File("appsettings.json")).Build();

        shipped.GetSection("Shutdown").Get<ShutdownOptions>().ShouldBe(new ShutdownOptions());
    }

    private static string File(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", name));
}
