using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ClassroomKD;

/// <summary>
/// A section read as a type, before anything is bound: what can be bound, and every fault with its path. <see cref="ConfigurationBinder"/>
/// leaves out much that was written without a word, and of what it refuses it names the first only.
/// </summary>
internal sealed class ConfigurationReading
{
    private readonly Dictionary<string, string?> settings = [];
    private readonly List<string> faults = [];
    private readonly IReadOnlyList<string> others;
    private readonly int start;

    private ConfigurationReading(IConfiguration section, Type type, IReadOnlyList<string> others)
    {
        this.others = others;
        start = section is IConfigurationSection { Path.Length: > 0 } at ? at.Path.Length + ConfigurationPath.KeyDelimiter.Length : 0;
        if (section is IConfigurationSection { Value: { Length: > 0 } text } one)
            faults.Add($"'{one.Path}' is '{text}' (expected keys: {Names("", type, one.Path)})");
        else
            ReadKeys(section, type);
    }

    /// <summary>What is wrong, each with its full path.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>Reads a section.</summary>
    /// <param name="section">The section; null in it means the default.</param>
    /// <param name="type">The options.</param>
    /// <param name="others">The full paths of sections that are read as something else.</param>
    public static ConfigurationReading Of(IConfiguration section, Type type, IReadOnlyList<string>? others = null) =>
        new(section, type, others ?? []);

    /// <summary>Sets what was stated without a fault.</summary>
    public void Bind(object options) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Bind(options);

    private void ReadKeys(IConfiguration section, Type? type)
    {
        var keys = type is null ? [] : ConfigurationKeys.Of(type);
        foreach (var child in section.GetChildren())
        {
            if (keys.TryGetValue(child.Key, out var property))
            {
                if (ConfigurationKeys.CanBeStated(property))
                    Read(child, property.PropertyType);
                else
                    faults.Add($"'{child.Path}' cannot be stated in configuration (it is set in code)");
            }
            else if (others.Any(other => Begins(other, child.Path)))
            {
                if (!others.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
                    ReadKeys(child, null);
            }
            else
            {
                var names = Names(child.Key, type, ConfigurationPath.GetParentPath(child.Path));
                faults.Add($"'{child.Path}' is no key{(type is null ? "" : $" of {type.Name}")} (expected one of {names})");
            }
        }
    }

    private void Read(IConfigurationSection section, Type type)
    {
        var children = section.GetChildren().ToList();
        if (section.Value is null && children.Count == 0)
            return;
        if (ConfigurationKeys.IsValue(type))
        {
            if (children.Count > 0)
                faults.Add($"'{section.Path}' holds {(IsList(children) ? "a list" : "keys")} (expected {Expected("", type)})");
            else if (Fault(section.Value!, type) is { } fault)
                faults.Add($"'{section.Path}' is '{section.Value}' ({fault})");
            else
                settings[section.Path[start..]] = section.Value;
        }
        else if (ConfigurationKeys.ValuesOf(type) is { } values)
        {
            if (section.Value is { Length: > 0 } text)
                faults.Add($"'{section.Path}' is '{text}' (expected keys with {Expected("", values)} each)");
            foreach (var child in children)
                Read(child, values);
        }
        else if (ConfigurationKeys.ElementOf(type) is { } element)
        {
            ReadList(section, children, element);
        }
        else if (section.Value is { Length: > 0 } text)
        {
            faults.Add($"'{section.Path}' is '{text}' (expected keys: {Names("", type, section.Path)})");
        }
        else
        {
            ReadKeys(section, type);
        }
    }

    private void ReadList(IConfigurationSection section, List<IConfigurationSection> children, Type element)
    {
        if (section.Value is { Length: > 0 } || (children.Count > 0 && !IsList(children)))
        {
            var found = section.Value is { Length: > 0 } text ? $"is '{text}'" : "holds keys";
            faults.Add($"'{section.Path}' {found} (expected a list, with {Expected("", element)} each)");
            return;
        }
        if (children.Count == 0)
            settings[section.Path[start..]] = section.Value;
        foreach (var child in children)
        {
            // Left out, those behind it would move up.
            if (child.Value is null && !child.GetChildren().Any())
                faults.Add($"'{child.Path}' is null (expected {Expected("", element)})");
            else
                Read(child, element);
        }
    }

    private string Names(string wrong, Type? type, string? path)
    {
        var own = type is null
            ? [] : ConfigurationKeys.Of(type).Where(key => ConfigurationKeys.CanBeStated(key.Value)).Select(key => key.Key);
        var prefix = string.IsNullOrEmpty(path) ? "" : path + ConfigurationPath.KeyDelimiter;
        var further = others.Where(other => other.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && other.Length > prefix.Length)
            .Select(other => other[prefix.Length..].Split(ConfigurationPath.KeyDelimiter)[0]);
        return string.Join(", ", ConfigurationKeys.Nearest(wrong, own.Concat(further).Distinct(StringComparer.OrdinalIgnoreCase)));
    }

    private static bool IsList(List<IConfigurationSection> children) =>
        children.All(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static bool Begins(string path, string beginning) => (path + ConfigurationPath.KeyDelimiter)
        .StartsWith(beginning + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase);

    private static string? Fault(string text, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return null;
        // A number would be taken for a value, and "A, B" for both together.
        if (type.IsEnum)
            return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"expected {Expected(text, type)}";
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return type.IsPrimitive || type == typeof(TimeSpan) ? $"expected {Expected(text, type)}" : exception.Message;
        }
    }

    private static string Expected(string wrong, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return $"one of {string.Join(", ", ConfigurationKeys.Nearest(wrong, Enum.GetNames(type)))}";
        if (type == typeof(string))
            return "a text";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(double) || type == typeof(float))
            return "a number, such as 0.5 or 1e-3";
        if (type == typeof(TimeSpan))
            return "a time, such as 00:30:00";
        return type.IsPrimitive && Limit(type, nameof(int.MinValue)) is { } least
            ? $"a whole number from {least} to {Limit(type, nameof(int.MaxValue))}"
            : ConfigurationKeys.IsValue(type) ? $"a {type.Name}" : $"the keys of {type.Name}";
    }

    private static string? Limit(Type type, string name) =>
        Convert.ToString(type.GetField(name, BindingFlags.Public | BindingFlags.Static)?.GetValue(null), CultureInfo.InvariantCulture);
}
