namespace ClassroomKD.Vision;

/// <summary>
/// Reads MNIST (LeCun, Cortes and Burges), Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) and others of the same four files:
/// <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and <c>t10k-labels-idx1-ubyte</c>, plain
/// or with <c>.gz</c>, also with a dot before <c>idx</c>.
/// </summary>
public sealed class MnistReader
{
    private readonly string folder;

    private MnistReader(string folder, IReadOnlyList<string> classNames) => (this.folder, ClassNames) = (folder, classNames);

    /// <summary>The digits of MNIST.</summary>
    public static IReadOnlyList<string> Digits { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>The classes of Fashion-MNIST, whose files do not name them.</summary>
    public static IReadOnlyList<string> Fashion { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Opens a folder; no file is read.</summary>
    /// <param name="folder">The folder with the four files.</param>
    /// <param name="classNames">The names of the classes. Default: <see cref="Digits"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static MnistReader Open(string folder, IReadOnlyList<string>? classNames = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder)
            ? new MnistReader(folder, [.. classNames ?? Digits])
            : throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with idx files.");
    }

    /// <summary>Reads the training images.</summary>
    /// <inheritdoc cref="ReadTraining" path="/*[not(self::summary)]"/>
    public ImageDataset ReadTraining() => Read("train");

    /// <summary>Reads the test images.</summary>
    /// <inheritdoc cref="ReadTraining" path="/*[not(self::summary)]"/>
    public ImageDataset ReadTest() => Read("t10k");

    private ImageDataset Read(string split)
    {
        using var scope = NewDisposeScope();
        var (imagePath, labelPath) = (Existing($"{split}-images", "idx3-ubyte"), Existing($"{split}-labels", "idx1-ubyte"));
        var images = IdxFile.Read(imagePath, rank: 3);
        var labels = IdxFile.Read(labelPath, rank: 1);
        if (images.size(0) != labels.size(0))
            throw new InvalidDataException(
                $"{labelPath}: expected a label for each of the {images.size(0)} images of {imagePath}, found {labels.size(0)} (byte 4).");
        var classes = labels.bytes;
        for (var i = 0; i < classes.Length; i++)
            if (classes[i] >= ClassNames.Count)
                throw new InvalidDataException(
                    $"{labelPath}: expected a label 0..{ClassNames.Count - 1} at byte {8 + i}, found {classes[i]}.");
        return new ImageDataset(images.unsqueeze(1), labels.to(ScalarType.Int64), ClassNames);
    }

    private string Existing(string name, string format)
    {
        string[] spellings = [$"{name}-{format}", $"{name}-{format}.gz", $"{name}.{format}", $"{name}.{format}.gz"];
        var path = Array.Find(Array.ConvertAll(spellings, file => Path.Combine(folder, file)), File.Exists);
        return path ?? throw new FileNotFoundException(
            $"{Path.Combine(folder, spellings[0])}: this file is needed, and neither it nor {string.Join(", ", spellings[1..])} is there.",
            spellings[0]);
    }
}
