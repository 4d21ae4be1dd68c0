using System.Globalization;

namespace ClassroomKD.Vision;

/// <summary>The classes of ImageNet's validation images, from the files that ImageNetFolder lists.</summary>
internal static class ImageNetTruth
{
    private const string Kaggle = "LOC_val_solution.csv";
    private const string List = "val.txt";
    private const string Identifiers = "ILSVRC2012_validation_ground_truth.txt";
    private const string IdentifierMap = "map_clsloc.txt";
    private static readonly char[] Separators = [' ', '\t', ','];

    /// <summary>Finds the class of each image.</summary>
    /// <param name="root">A folder that may hold the file.</param>
    /// <param name="folder">The folder of the images, which may hold it too.</param>
    /// <param name="wnids">The classes.</param>
    /// <param name="images">The images' names without extension, sorted.</param>
    public static int[] Read(string root, string folder, IReadOnlyList<string> wnids, string[] images)
    {
        string? Find(string name) => Array.Find([Path.Combine(root, name), Path.Combine(folder, name)], File.Exists);
        var classes = Enumerable.Range(0, wnids.Count).ToDictionary(label => wnids[label], StringComparer.Ordinal);
        if ((Find(Kaggle) ?? Find(List)) is { } list)
            return Named(list, classes, images);
        if (Find(Identifiers) is not { } numbers)
            throw new FileNotFoundException(
                $"{folder}: the images lie flat and need {Kaggle}, {List} or {Identifiers}, here or in {root}.", Kaggle);
        return Find(IdentifierMap) is { } map
            ? Numbered(numbers, Map(map, classes), images.Length)
            : throw new FileNotFoundException(
                $"{numbers}: its numbers are challenge IDs, not places in the order of wnids; {IdentifierMap} of the development kit " +
                "must lie beside it.", IdentifierMap);
    }

    public static bool IsWnid(string name) => name.Length == 9 && name[0] == 'n' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Reads lines of an image and its class, a wnid or number; the first line may be a header.</summary>
    private static int[] Named(string path, Dictionary<string, int> classes, string[] images)
    {
        var truth = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (number, words) in Lines(path))
        {
            if (number == 1 && words[0] == "ImageId")
                continue;
            var image = Path.GetFileNameWithoutExtension(words[0]);
            var label = words.Length < 2 ? -1 : Label(words[1], classes);
            if (label < 0)
                throw Unexpected(
                    path, number, $"an image and its class (a wnid of the training set or 0..{classes.Count - 1})",
                    string.Join(' ', words.Take(2)));
            truth[image] = label;
        }
        return Array.ConvertAll(images, image => truth.TryGetValue(image, out var label)
            ? label
            : throw new InvalidDataException($"{path}: there is no line for {image}."));
    }

    private static int[] Numbered(string path, Dictionary<int, int> labels, int count)
    {
        var truth = new List<int>(count);
        foreach (var (number, words) in Lines(path))
            truth.Add(words.Length == 1 && Whole(words[0]) is { } id && labels.TryGetValue(id, out var label)
                ? label
                : throw Unexpected(path, number, $"one ID known to {IdentifierMap}", string.Join(' ', words)));
        return truth.Count == count
            ? [.. truth]
            : throw new InvalidDataException($"{path}: expected a line for each of {count} images, found {truth.Count}.");
    }

    private static Dictionary<int, int> Map(string path, Dictionary<string, int> classes)
    {
        var labels = new Dictionary<int, int>();
        foreach (var (number, words) in Lines(path))
        {
            if (words.Length < 2 || !IsWnid(words[0]) || Whole(words[1]) is not { } id)
                throw Unexpected(path, number, "a wnid and its ID", string.Join(' ', words));
            // The training set may have fewer classes, as long as no image needs another.
            if (classes.TryGetValue(words[0], out var label))
                labels[id] = label;
        }
        return labels;
    }

    private static int Label(string word, Dictionary<string, int> classes) =>
        classes.TryGetValue(word, out var label) ? label : Whole(word) is { } number && number < classes.Count ? number : -1;

    private static int? Whole(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<(int Number, string[] Words)> Lines(string path)
    {
        var number = 0;
        foreach (var line in InputFile.ReadLines(path))
        {
            number++;
            var words = line.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length > 0)
                yield return (number, words);
        }
    }

    private static InvalidDataException Unexpected(string path, int line, string expected, string found) =>
        new($"{path}: expected {expected} in line {line}, found '{(found.Length > 60 ? found[..60] + "..." : found)}'.");
}
