using System.Formats.Tar;
using System.IO.Compression;
using ClassroomKD.Imaging;
using ClassroomKD.Tests.Golden;
using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Vision;
using SkiaSharp;

namespace ClassroomKD.Tests.Fuzzing;

internal static partial class Readers
{
    private static readonly ImageDecoder Decoder = new(new ImageDecoderOptions { ApplyOrientation = true, MaximumPixels = 1 << 20 });

    private static IEnumerable<Reader> Images =>
    [
        new("images", "image", _ => ImageFiles.Select(Sample.Of), ReadImage, typeof(ImageException))
        {
            Types = [typeof(EncodedImage), typeof(ImageFormats), typeof(FileContent)],
        },
    ];

    private static IEnumerable<Reader> DataSets =>
    [
        new("CIFAR's records", "test_batch.bin", Cifar, ReadCifar, typeof(InvalidDataException)) { Types = [typeof(CifarFile)] },
        new("CIFAR's names of classes", "batches.meta.txt", Names, ReadCifar, typeof(InvalidDataException))
        {
            Types = [typeof(CifarReader)],
        },
        new("archives in the place of CIFAR", "cifar-10-python.tar.gz", _ => [Tar(), Packed(Tar())], path => CifarReader.Open(path),
            typeof(InvalidDataException))
        {
            Types = [typeof(CifarDownload)], RefusesAll = true,
        },
        new("MNIST's images", "t10k-images-idx3-ubyte", Mnist, ReadMnist, typeof(InvalidDataException))
        {
            Types = [typeof(IdxFile)], Subjects = ["t10k-labels-idx1-ubyte"],
        },
        new("ImageNet's list of images", "val.txt", folder => Truth(folder, "one.JPEG n00000002\ntwo.JPEG 0\n"), ReadImageNet,
            typeof(InvalidDataException))
        {
            Types = [typeof(ImageNetTruth)],
        },
        new("ImageNet's list with boxes", "LOC_val_solution.csv",
            folder => Truth(folder, "ImageId,PredictionString\none,n00000001 1 2 3 4\ntwo,n00000002 5 6 7 8\n"), ReadImageNet,
            typeof(InvalidDataException)),
        new("ImageNet's map of classes", "map_clsloc.txt",
            folder => Truth(folder, "n00000001 490 kit_fox\nn00000002 361 whale\n", numbers: "361\n490\n"), ReadImageNet,
            typeof(InvalidDataException))
        {
            Subjects = ["ILSVRC2012_validation_ground_truth.txt"],
        },
    ];

    private static IEnumerable<byte[]> ImageFiles =>
    [
        .. GoldenFile.Read("pillow-images.json").GetProperty("cases").EnumerateArray()
            .Select(image => image.GetProperty("file").GetBytesFromBase64()),
        .. new[] { SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp }
            .Select(format => TestImages.Encoded(format)),
    ];

    private static void ReadImage(string path)
    {
        Decoder.Decode(path).Dispose();
        using var image = Decoder.Open(path);
        image.DecodeResized(new ImageBox(0, image.Height / 2, (image.Width + 1) / 2, (image.Height + 1) / 2), 5, 3).Dispose();
    }

    private static IEnumerable<Sample> Cifar(string folder)
    {
        File.WriteAllLines(Path.Combine(folder, "batches.meta.txt"), Enumerable.Range(0, 10).Select(i => $"class {i}"));
        return [new byte[2 * 3073]];
    }

    private static IEnumerable<Sample> Names(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "test_batch.bin"), new byte[3073]);
        return ["airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"u8.ToArray()];
    }

    private static void ReadCifar(string path)
    {
        using var data = CifarReader.Open(Path.GetDirectoryName(path)!).ReadTest();
    }

    private static byte[] Tar()
    {
        using var bytes = new MemoryStream();
        using (var archive = new TarWriter(bytes, leaveOpen: true))
            foreach (var name in new[] { "cifar-10-batches-py/data_batch_1", "cifar-10-batches-py/" + new string('x', 120) })
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(new byte[600]) });
        return bytes.ToArray();
    }

    private static IEnumerable<Sample> Mnist(string folder)
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 2, .. new byte[12]];
        File.WriteAllBytes(Path.Combine(folder, "t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 3, 9]);
        return [images, Packed(images), Packed(images).Build([images])];
    }

    private static void ReadMnist(string path)
    {
        using var data = MnistReader.Open(Path.GetDirectoryName(path)!).ReadTest();
    }

    // The compression is sound.
    private static Sample Packed(byte[] file) => new([file], parts =>
    {
        using var bytes = new MemoryStream();
        using (var packing = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            packing.Write(parts[0]);
        return bytes.ToArray();
    });

    private static IEnumerable<Sample> Truth(string folder, string text, string? numbers = null)
    {
        foreach (var file in new[] { "train/n00000001/a.JPEG", "train/n00000002/b.JPEG", "val/one.JPEG", "val/two.JPEG" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.WriteAllBytes(Path.Combine(folder, file), []);
        }
        if (numbers is not null)
            File.WriteAllText(Path.Combine(folder, "ILSVRC2012_validation_ground_truth.txt"), numbers);
        return [System.Text.Encoding.UTF8.GetBytes(text)];
    }

    private static void ReadImageNet(string path) => ImageNetFolder.ReadValidation(Path.GetDirectoryName(path)!);
}
