using System.Globalization;

namespace ClassroomKD.Imaging;

/// <summary>
/// Texts by which data sets and their augmentations are told apart, for <see cref="ITrainingData{TTarget}.Fingerprint"/>.
/// </summary>
public static class DataFingerprint
{
    /// <summary>The entries of the options that decide what a batch holds; not those that only change the speed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="data">Tells the samples apart, such as a <see cref="Sha256"/>.</param>
    /// <returns>The entries samples, seed, batchSize, shuffle and dropLast, to which others can be added.</returns>
    public static Dictionary<string, string> Of(BatchOptions options, string data)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = BatchOptions.Checked(options);
        return new Dictionary<string, string>
        {
            ["samples"] = data,
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["batchSize"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
            ["shuffle"] = SettingsText.Of(options.Shuffle),
            ["dropLast"] = SettingsText.Of(options.DropLast),
        };
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
                common = common < 2 ? 0 : names[0].LastIndexOf('/', common - 2) + 1;
        }

        return names.Select(name => name[common..]);
    }
}
