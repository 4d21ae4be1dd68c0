using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ClassroomKD.Imaging;

/// <summary>
/// Texts by which data sets and their augmentations are told apart, for <see cref="ITrainingData{TTarget}.Fingerprint"/>.
/// </summary>
public static class DataFingerprint
{
    /// <summary>The entries of the options that decide what a batch holds; not those that only change the speed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="data">Tells the samples apart, such as a <see cref="Digest"/>.</param>
    /// <returns>The entries samples, seed, batchSize, shuffle and dropLast, to which others can be added.</returns>
    public static Dictionary<string, string> Of(BatchOptions options, string data)
    {
        options = BatchOptions.Checked(options);
        ArgumentNullException.ThrowIfNull(options);
        return new Dictionary<string, string>
        {
            ["samples"] = data,
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["batchSize"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
            ["shuffle"] = Settings(options.Shuffle),
            ["dropLast"] = Settings(options.DropLast),
        };
    }

    /// <summary>The SHA-256 of lines of text, in hexadecimal.</summary>
    /// <param name="lines">One line for each sample.</param>
    public static string Digest(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
            hash.AppendData(Encoding.UTF8.GetBytes($"{line}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The names of files without the folders that all have in common, so that data may move.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>The names, with a slash between folders on every system.</returns>
    public static IEnumerable<string> RelativeNames(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        string[] names = [.. paths.Select(path => path.Replace('\\', '/'))];
        var common = names.Length == 0 ? 0 : names[0].LastIndexOf('/') + 1;
        foreach (var name in names)
        {
            while (common > 0 && string.CompareOrdinal(name, 0, names[0], 0, common) != 0)
                common = names[0].LastIndexOf('/', Math.Max(0, common - 2)) + 1;
        }

        return names.Select(name => name[common..]);
    }

    /// <summary>The type of an object and its public properties, such as <c>RandomCropFlip(Padding=4, Flip=True)</c>.</summary>
    /// <param name="value">An object, a list of objects, or null.</param>
    /// <returns>The text; what no public property shows, such as a private field, is not in it.</returns>
    public static string Settings(object? value) => value switch
    {
        null => "none",
        string text => text,
        Enum => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool => value.ToString()!,
        IDisposable => value.GetType().Name,
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Settings))}]",
        _ => $"{value.GetType().Name}({string.Join(", ", Properties(value))})",
    };

    private static IEnumerable<string> Properties(object value) =>
        value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{property.Name}={Settings(property.GetValue(value))}");
}
