namespace ClassroomKD.Vision;

/// <summary>Reads the layout <c>split/class/file</c>: a folder for each class, with images in it or below it.</summary>
/// <remarks>
/// Classes are sorted by code point, and their files by folder and then by name, as in torchvision's <c>ImageFolder</c>, so that labels and
/// order agree. Images have the extension .jpg, .jpeg, .png, .webp, .bmp or .gif, in any case. Hidden files and folders are ignored.
/// </remarks>
public static class ImageFolder
{
    private static readonly HashSet<string> Extensions = new(
        [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"], StringComparer.OrdinalIgnoreCase);

    private static readonly string ExtensionNames = string.Join(", ", Extensions);

    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>Lists the images of one split.</summary>
    /// <param name="folder">The folder of the split, which holds the folders of the classes.</param>
    /// <param name="classNames">
    /// The classes of the training split if another split is read, which may lack some but have no others. Default: the folders' names.
    /// </param>
    /// <param name="allowEmpty">Whether classes may be without images. Default: they may not, since they usually are a mistake.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no classes or no images, a class has no image and may not be empty, or one is not among <paramref name="classNames"/>.
    /// </exception>
    public static LabeledFiles Read(string folder, IReadOnlyList<string>? classNames = null, bool allowEmpty = false)
    {
        var found = Classes(folder);
        if (found.Length == 0)
            throw new InvalidDataException($"{folder}: expected a folder for each class, found none.");
        classNames ??= found;
        var labels = Enumerable.Range(0, classNames.Count).ToDictionary(label => classNames[label], StringComparer.Ordinal);
        var (paths, truths) = (new List<string>(), new List<int>());
        foreach (var name in found)
        {
            var path = Path.Combine(folder, name);
            if (!labels.TryGetValue(name, out var label))
                throw new InvalidDataException($"{path}: this is none of the {classNames.Count} classes ({classNames[0]}, ...).");
            var images = Images(path);
            if (images.Length == 0 && !allowEmpty)
                throw new InvalidDataException($"{path}: expected images ({ExtensionNames}), found none; allowEmpty permits that.");
            paths.AddRange(images);
            truths.AddRange(Enumerable.Repeat(label, images.Length));
        }
        return paths.Count > 0
            ? new LabeledFiles(paths, truths, classNames)
            : throw new InvalidDataException($"{folder}: expected images ({ExtensionNames}), found none in any class.");
    }

    /// <summary>The names of the folders in a folder, sorted.</summary>
    internal static string[] Classes(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with a folder for each class.");
        return [.. new DirectoryInfo(folder).EnumerateDirectories()
            .Where(each => !each.Name.StartsWith('.')).Select(each => each.Name).Order(CodePointComparer.Instance)];
    }

    private static string[] Images(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", Below)
            .Where(path => Extensions.Contains(Path.GetExtension(path)))
            .OrderBy(Path.GetDirectoryName, CodePointComparer.Instance).ThenBy(Path.GetFileName, CodePointComparer.Instance)];
}
