using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClassroomKD;

/// <summary>A section that a part of a classroom is read from. It may lie within the section of another part.</summary>
/// <param name="Path">Its full path; empty for a root.</param>
internal sealed record ConfiguredSection(string Path)
{
    // Host configurations hold all variables of the environment.
    private const int MostNames = 5;

    public static ConfiguredSection Of(IConfiguration section) => new((section as IConfigurationSection)?.Path ?? "");

    /// <summary>The full paths of all that are read.</summary>
    public static IReadOnlyList<string> All(IServiceProvider services) =>
        [.. services.GetServices<ConfiguredSection>().Select(section => section.Path).Where(path => path.Length > 0)];

    /// <summary>What to say of a section that is not there; null where it is there.</summary>
    public static string? Absence(IConfiguration section, IServiceProvider services)
    {
        // A section of {} or null is one, though it does not "exist".
        if (section is not IConfigurationSection stated || stated.Exists()
            || (stated as ConfigurationSection)?.TryGetValue(null, out _) == true)
            return null;
        var fault = $"there is no section '{stated.Path}'";
        if (services.GetService<IConfiguration>() is not { } at)
            return fault;
        foreach (var key in stated.Path.Split(ConfigurationPath.KeyDelimiter))
        {
            var keys = at.GetChildren().Select(child => child.Key).ToList();
            if (!keys.Contains(key, StringComparer.OrdinalIgnoreCase))
                return $"{fault} ({Place(at)} has {Names(key, keys)}{Folder(at, services)})";
            at = at.GetSection(key);
        }
        return fault;
    }

    private static string Place(IConfiguration at) => at is IConfigurationSection within ? $"'{within.Path}'" : "the configuration";

    private static string Names(string wrong, List<string> keys) => keys.Count == 0
        ? "no keys" : $"{string.Join(", ", ConfigurationKeys.Nearest(wrong, keys).Take(MostNames))}, but no '{wrong}'";

    private static string Folder(IConfiguration at, IServiceProvider services) =>
        at is not IConfigurationSection && services.GetService<IHostEnvironment>() is { ContentRootPath.Length: > 0 } host
            ? $", appsettings.json is looked for in {host.ContentRootPath}" : "";
}
