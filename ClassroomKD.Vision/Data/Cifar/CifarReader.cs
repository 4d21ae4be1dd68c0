namespace ClassroomKD.Vision;

/// <summary>
/// Reads CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009) from the folder of their
/// official binary version.
/// </summary>
/// <remarks>
/// CIFAR-10: <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c>, <c>test_batch.bin</c>, <c>batches.meta.txt</c>; a record is a label and
/// 3,072 pixels. CIFAR-100: <c>train.bin</c>, <c>test.bin</c>, <c>fine_label_names.txt</c>, <c>coarse_label_names.txt</c>; a record is a
/// coarse label, a fine label and 3,072 pixels. A file may have any number of records, and the last of the five batches may be missing.
/// </remarks>
public sealed class CifarReader
{
    private const int BatchesOfCifar10 = 5;
    private const string ClassesOfCifar10 = "batches.meta.txt";
    private const string TestOfCifar10 = "test_batch.bin";
    private const string TrainingOfCifar100 = "train.bin";
    private const string TestOfCifar100 = "test.bin";

    private readonly string folder;
    private readonly int[] classes;
    private readonly int labelByte;

    private CifarReader(string folder, string name, int[] classes, int labelByte, string classFile)
    {
        (this.folder, Name, this.classes, this.labelByte) = (folder, name, classes, labelByte);
        ClassNames = ReadClassNames(Existing(classFile), classes[labelByte]);
    }

    /// <summary><c>CIFAR-10</c> or <c>CIFAR-100</c>, as found in the folder.</summary>
    public string Name { get; }

    /// <summary>The names of the classes of the labels asked for.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Opens a folder and reads the class names, but no images.</summary>
    /// <param name="folder">The folder with the .bin files.</param>
    /// <param name="labels">The labels of CIFAR-100 to read. Default: the fine ones.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The class names are missing.</exception>
    /// <exception cref="InvalidDataException">
    /// The folder holds neither data set, or both, or the wrong number of class names; or another download, such as the Python version: the
    /// message says which one is read.
    /// </exception>
    /// <exception cref="ArgumentException">Coarse labels are asked of CIFAR-10, which has none.</exception>
    public static CifarReader Open(string folder, CifarLabels labels = CifarLabels.Fine)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (labels is not (CifarLabels.Fine or CifarLabels.Coarse))
            throw new ArgumentOutOfRangeException(nameof(labels), labels, "Expected fine or coarse labels.");
        if (!Directory.Exists(folder))
            throw File.Exists(folder)
                ? new InvalidDataException(
                    $"{folder}: {CifarDownload.Describe(folder) ?? "expected a folder with the CIFAR binary files, found a file."}")
                : new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with the CIFAR binary files.");

        bool Has(string file) => File.Exists(Path.Combine(folder, file));
        var ten = Has(TestOfCifar10) || Enumerable.Range(1, BatchesOfCifar10).Any(batch => Has(BatchFile(batch)));
        var hundred = Has(TrainingOfCifar100) || Has(TestOfCifar100);
        if (!ten && !hundred && CifarDownload.Describe(folder) is { } other)
            throw new InvalidDataException($"{folder}: {other}");
        if (ten == hundred)
            throw new InvalidDataException(
                $"{folder}: expected either CIFAR-10 ({BatchFile(1)}, {TestOfCifar10}) or " +
                $"CIFAR-100 ({TrainingOfCifar100}, {TestOfCifar100}), found {(ten ? "files of both" : "none of these files")}.");
        if (ten && labels == CifarLabels.Coarse)
            throw new ArgumentException($"{folder}: CIFAR-10 has no coarse labels; ask for fine ones.", nameof(labels));

        return (ten, labels) switch
        {
            (true, _) => new CifarReader(folder, "CIFAR-10", [10], labelByte: 0, ClassesOfCifar10),
            (false, CifarLabels.Coarse) => new CifarReader(folder, "CIFAR-100", [20, 100], labelByte: 0, "coarse_label_names.txt"),
            (false, _) => new CifarReader(folder, "CIFAR-100", [20, 100], labelByte: 1, "fine_label_names.txt"),
        };
    }

    /// <summary>Reads the training images.</summary>
    /// <returns>The data set on the CPU, in the order of the file; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">A file is missing, including a batch before an existing one.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or incomplete; the message names file and byte.</exception>
    public ImageDataset ReadTraining() => Read(classes.Length == 1 ? [.. BatchFiles()] : [TrainingOfCifar100]);

    /// <summary>Reads the test images.</summary>
    /// <inheritdoc cref="ReadTraining" path="/*[not(self::summary)]"/>
    public ImageDataset ReadTest() => Read([classes.Length == 1 ? TestOfCifar10 : TestOfCifar100]);

    private static string BatchFile(int batch) => $"data_batch_{batch}.bin";

    /// <summary>Batch 1 and all up to the last existing one, so that a gap is a missing file.</summary>
    private IEnumerable<string> BatchFiles()
    {
        var last = Enumerable.Range(1, BatchesOfCifar10).LastOrDefault(batch => File.Exists(Path.Combine(folder, BatchFile(batch))), 1);
        return Enumerable.Range(1, last).Select(BatchFile);
    }

    private ImageDataset Read(string[] files)
    {
        using var scope = NewDisposeScope();
        var paths = Array.ConvertAll(files, Existing);
        var records = Array.ConvertAll(paths, path => CifarFile.Read(path, classes));
        var pixels = Array.ConvertAll(records, file => file.narrow(1, classes.Length, CifarFile.PixelBytes));
        var labels = Array.ConvertAll(records, file => file.select(1, labelByte));
        return new ImageDataset(
            cat(pixels).view(-1, CifarFile.Planes, CifarFile.Side, CifarFile.Side), cat(labels).to(ScalarType.Int64), ClassNames);
    }

    private string Existing(string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path}: {Name} needs this file, and it is not there.", path);
    }

    private static string[] ReadClassNames(string path, int expected)
    {
        string[] names = [.. InputFile.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == expected
            ? names
            : throw new InvalidDataException($"{path}: expected {expected} class names, one on each line, found {names.Length}.");
    }
}
