namespace ClassroomKD.Tests.Vision.Data;

/// <summary>A temporary folder with CIFAR files of a few records.</summary>
internal sealed class CifarFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cifar").FullName;

    public static CifarFolder Ten(params int[] batches)
    {
        var folder = new CifarFolder();
        folder.Names("batches.meta.txt", 10);
        foreach (var batch in batches)
            folder.Records($"data_batch_{batch}.bin", 2 + batch, record => [(byte)((record + batch) % 10)]);
        folder.Records("test_batch.bin", 2, record => [(byte)(9 - record)]);
        return folder;
    }

    public static CifarFolder Hundred()
    {
        var folder = new CifarFolder();
        folder.Names("fine_label_names.txt", 100);
        folder.Names("coarse_label_names.txt", 20);
        folder.Records("train.bin", 4, record => [(byte)(record + 15), (byte)(record + 90)]);
        folder.Records("test.bin", 1, _ => [19, 99]);
        return folder;
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The pixel at a position of a record, different in each record, plane, row and column.</summary>
    public static byte Pixel(int record, int position) => (byte)(record * 7 + position * 31 + position / 256);

    public void Records(string name, int count, Func<int, byte[]> labels) => System.IO.File.WriteAllBytes(
        File(name),
        [.. Enumerable.Range(0, count).SelectMany(record =>
            labels(record).Concat(Enumerable.Range(0, 3072).Select(at => Pixel(record, at))))]);

    public void Names(string name, int count) =>
        System.IO.File.WriteAllText(File(name), string.Concat(Enumerable.Range(0, count).Select(i => $"class {i}\n")) + "\n");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
