using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace ClassroomKD;

/// <summary>What configuration can state of a type, by the rules of <see cref="ConfigurationBinder"/>.</summary>
internal static class ConfigurationKeys
{
    /// <summary>The public properties of a type by their keys, without regard to case.</summary>
    public static Dictionary<string, PropertyInfo> Of(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0)
        .GroupBy(property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name)
        .ToDictionary(same => same.Key, same => same.First(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether configuration can set the property.</summary>
    public static bool CanBeStated(PropertyInfo property) => CanBeStated(property.PropertyType)
        && (property.GetSetMethod() is not null || (property.GetGetMethod() is not null && !IsValue(property.PropertyType)));

    /// <summary>Whether one text states the whole.</summary>
    public static bool IsValue(Type type) =>
        type == typeof(string) || TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string));

    /// <summary>The type of a dictionary's values by their names; null where the type is none.</summary>
    public static Type? ValuesOf(Type type) => Interfaces(type)
        .FirstOrDefault(one => (Is(one, typeof(IDictionary<,>)) || Is(one, typeof(IReadOnlyDictionary<,>)))
            && one.GenericTypeArguments[0] == typeof(string))
        ?.GenericTypeArguments[1];

    /// <summary>The type of a list's elements; null where the type is none.</summary>
    public static Type? ElementOf(Type type) =>
        type == typeof(string) ? null : Interfaces(type).FirstOrDefault(one => Is(one, typeof(IEnumerable<>)))?.GenericTypeArguments[0];

    /// <summary>Names, those first that are most like a wrong one.</summary>
    public static IEnumerable<string> Nearest(string wrong, IEnumerable<string> names) => names
        .OrderBy(name => Distance(wrong.ToUpperInvariant(), name.ToUpperInvariant())).ThenBy(name => name, StringComparer.Ordinal);

    private static bool CanBeStated(Type type) => IsValue(type)
        || (ValuesOf(type) is { } values && CanBeStated(values))
        || (ElementOf(type) is { } element && CanBeStated(element))
        || (!typeof(Delegate).IsAssignableFrom(type) && !typeof(IEnumerable).IsAssignableFrom(type) && !type.IsAbstract
            && type.GetConstructor(Type.EmptyTypes) is not null);

    private static bool Is(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static IEnumerable<Type> Interfaces(Type type) => type.IsInterface ? type.GetInterfaces().Prepend(type) : type.GetInterfaces();

    /// <summary>The optimal string alignment distance: how many letters to insert, leave out, change, or swap with the next.</summary>
    private static int Distance(string left, string right)
    {
        var costs = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    costs[i, j] = i + j;
                    continue;
                }
                var changed = costs[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                costs[i, j] = Math.Min(changed, 1 + Math.Min(costs[i - 1, j], costs[i, j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    costs[i, j] = Math.Min(costs[i, j], 1 + costs[i - 2, j - 2]);
            }
        return costs[left.Length, right.Length];
    }
}
