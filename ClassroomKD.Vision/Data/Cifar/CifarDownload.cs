using System.Formats.Tar;
using System.IO.Compression;

namespace ClassroomKD.Vision;

/// <summary>Tells what lies where CIFAR's binary files were expected: another version, an archive, the folder above.</summary>
internal static class CifarDownload
{
    private const string Ten = "CIFAR-10";
    private const string Hundred = "CIFAR-100";

    // Of each version: its name, its files, and the folder that its archive holds.
    private static readonly (string Data, string Version, string[] Files, string Folder)[] Versions =
    [
        (Ten, "binary", [], "cifar-10-batches-bin"), (Hundred, "binary", [], "cifar-100-binary"),
        (Ten, "Python", ["batches.meta", "test_batch", "data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"],
            "cifar-10-batches-py"),
        (Hundred, "Python", ["meta", "train", "test"], "cifar-100-python"),
        (Ten, "Matlab", ["batches.meta.mat", "test_batch.mat", "data_batch_1.mat"], "cifar-10-batches-mat"),
        (Hundred, "Matlab", ["meta.mat", "train.mat", "test.mat"], "cifar-100-matlab"),
    ];

    /// <summary>What is wrong with a file, or a folder without binary files, and what to do; null if nothing is recognized.</summary>
    public static string? Describe(string path)
    {
        if (File.Exists(path))
            return Archived(path) ?? OfFile(path);
        foreach (var (data, version, files, folder) in Versions)
            if (Directory.Exists(Path.Combine(path, folder)))
                return version == "binary" ? $"the files are in its folder {folder}; open that." : Wrong(data, version, folder);
        foreach (var (data, version, files, _) in Versions)
            if (Array.Find(files, file => File.Exists(Path.Combine(path, file))) is { } found)
                return Wrong(data, version, found);
        return Directory.EnumerateFiles(path, "cifar*").Order(CodePointComparer.Instance).Select(Archived)
            .FirstOrDefault(text => text is not null);
    }

    private static string? OfFile(string path)
    {
        var version = Versions.FirstOrDefault(each => each.Files.Contains(Path.GetFileName(path)));
        return version.Data is null ? null : Wrong(version.Data, version.Version, Path.GetFileName(path));
    }

    private static string Wrong(string data, string version, string found)
    {
        var folder = Versions.First(each => each.Data == data).Folder;
        var archive = $"{data.ToLowerInvariant()}-binary.tar.gz";
        var why = version == "Python" ? ", pickled, which is not read since a pickle can run code" : "";
        return $"this is the {version} version of {data} ({found}{why}). The binary version is read: download {archive}, extract it, and " +
            $"open its folder {folder}.";
    }

    // The names of an archive's first entries are enough; nothing is extracted.
    private static string? Archived(string path)
    {
        const int Entries = 3;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            using Stream content = zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var archive = new TarReader(content);
            for (var i = 0; i < Entries && archive.GetNextEntry() is { } entry; i++)
            {
                var folder = entry.Name.Split('/').FirstOrDefault(part => part is not ("" or "."));
                var version = Versions.FirstOrDefault(each => each.Folder == folder);
                if (version.Data is not null)
                    return version.Version == "binary"
                        ? $"{Path.GetFileName(path)} is an archive; extract it, and open its folder {folder}."
                        : Wrong(version.Data, version.Version, Path.GetFileName(path));
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            // No archive that can be read.
        }
        return null;
    }
}
