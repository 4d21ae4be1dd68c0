namespace ClassroomKD.Vision;

/// <summary>
/// Reads ImageNet (ILSVRC 2012; Russakovsky et al., IJCV 2015): <c>train/wnid/*.JPEG</c>, and <c>val</c> in such folders or flat. Classes
/// are the wnids in order, which are the indices 0 to 999 of the networks of the field.
/// </summary>
/// <remarks>
/// A flat <c>val</c> needs one of these files in it or beside it: <c>LOC_val_solution.csv</c> (Kaggle: image, wnid and boxes),
/// <c>val.txt</c> (image and class index or wnid), or <c>ILSVRC2012_validation_ground_truth.txt</c> (one challenge ID per image) with
/// <c>map_clsloc.txt</c> (wnid and ID), both from the development kit.
/// </remarks>
public static class ImageNetFolder
{
    /// <summary>Lists the training images.</summary>
    /// <param name="root">The folder that holds <c>train</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A folder has no images, or is not named like a wnid.</exception>
    public static LabeledFiles ReadTraining(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var training = ImageFolder.Read(Path.Combine(root, "train"));
        return training.ClassNames.FirstOrDefault(name => !ImageNetTruth.IsWnid(name)) is { } odd
            ? throw new InvalidDataException(
                $"{Path.Combine(root, "train", odd)}: expected the name of the folder to be a wnid such as n01440764.")
            : training;
    }

    /// <summary>Lists the validation images.</summary>
    /// <param name="root">The folder that holds <c>val</c> and, unless <paramref name="classNames"/> are given, <c>train</c>.</param>
    /// <param name="classNames">The wnids of the training set. Default: the folders of <c>train</c>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder is flat, and no file with the truth exists.</exception>
    /// <exception cref="InvalidDataException">A file with the truth is damaged; the message names the line.</exception>
    public static LabeledFiles ReadValidation(string root, IReadOnlyList<string>? classNames = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var folder = Path.Combine(root, "val");
        classNames ??= ImageFolder.Classes(Path.Combine(root, "train"));
        if (ImageFolder.Classes(folder).Length > 0)
            return ImageFolder.Read(folder, classNames);
        string[] paths = [.. Directory.EnumerateFiles(folder, "*.JPEG").Order(CodePointComparer.Instance)];
        if (paths.Length == 0)
            throw new InvalidDataException($"{folder}: expected ILSVRC2012_val_*.JPEG or folders named by wnid, found neither.");
        var truth = ImageNetTruth.Read(root, folder, classNames, [.. paths.Select(path => Path.GetFileNameWithoutExtension(path))]);
        return new LabeledFiles(paths, truth, classNames);
    }
}
