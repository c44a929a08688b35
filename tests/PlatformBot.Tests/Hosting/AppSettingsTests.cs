using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using PlatformBot.Cli;
using PlatformBot.GitHub;
using PlatformBot.Hosting;
using PlatformBot.Kubernetes;
using PlatformBot.Mattermost;
using PlatformBot.Storage;
using Shouldly;
using Xunit;

namespace PlatformBot.Tests.Hosting;

public sealed class AppSettingsTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        ("Mattermost", typeof(MattermostOptions)),
        ("Access", typeof(AccessOptions)),
        ("GitHub", typeof(GitHubOptions)),
        ("Paths", typeof(PathsOptions)),
        ("Storage", typeof(StorageOptions)),
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

    private static string File(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", name));
}
