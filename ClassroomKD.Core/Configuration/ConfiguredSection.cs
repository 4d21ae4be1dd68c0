using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClassroomKD;

/// <summary>A section that a part of the registration reads; whoever reads the section around it leaves it alone.</summary>
/// <param name="Path">Its full path; empty: the whole configuration.</param>
internal sealed record ConfiguredSection(string Path)
{
    public static ConfiguredSection Of(IConfiguration section) => new((section as IConfigurationSection)?.Path ?? "");

    /// <summary>The full paths of all that are read.</summary>
    public static IReadOnlyList<string> All(IServiceProvider services) =>
        [.. services.GetServices<ConfiguredSection>().Select(section => section.Path).Where(path => path.Length > 0)];

    /// <summary>Says what is there in a section's place; null where the section is there, be it empty.</summary>
    public static string? Absence(IConfiguration section, IServiceProvider services)
    {
        // An empty object is a value of null.
        if (section is not IConfigurationSection wanted || wanted.Exists()
            || (section is ConfigurationSection stated && stated.TryGetValue(null, out _)))
            return null;
        var absence = $"there is no section '{wanted.Path}'";
        if (services.GetService<IConfiguration>() is not { } at)
            return absence;
        var place = "the configuration";
        foreach (var key in wanted.Path.Split(ConfigurationPath.KeyDelimiter))
        {
            var keys = at.GetChildren().Select(child => child.Key).ToList();
            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase))
                return $"{absence} ({place}{Folder(at, services)} has {Text(ConfigurationKeys.Nearest(key, keys))}, but no '{key}')";
            at = at.GetSection(key);
            place = $"'{((IConfigurationSection)at).Path}'";
        }

        return absence;
    }

    // The environment is part of a host's configuration; its many names would hide the few that matter.
    private static string Text(IEnumerable<string> keys) => keys.Take(MostKeys).ToList() is { Count: > 0 } some ? string.Join(", ", some) : "no keys";

    private const int MostKeys = 5;

    private static string Folder(IConfiguration at, IServiceProvider services) =>
        at is not IConfigurationSection && services.GetService<IHostEnvironment>() is { ContentRootPath: var folder }
            ? $", appsettings.json is looked for in {folder}," : "";
}
