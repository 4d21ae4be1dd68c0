using System.IO.Compression;
using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class MnistReaderTests
{
    private TestImages.Folder folder = null!;

    [SetUp]
    public void Open() => folder = new TestImages.Folder();

    [TearDown]
    public void Close() => folder.Dispose();

    private static byte[] ImageFile(int count) =>
        [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 3, 0, 0, 0, 2, .. Enumerable.Range(0, count * 6).Select(i => (byte)i)];

    private static byte[] LabelFile(params byte[] labels) => [0, 0, 8, 1, 0, 0, 0, (byte)labels.Length, .. labels];

    private static byte[] Compressed(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
            gzip.Write(content);
        return memory.ToArray();
    }

    [TestCase("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false)]
    [TestCase("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", true)]
    [TestCase("train-images.idx3-ubyte", "train-labels-idx1-ubyte.gz", false)]
    public void Reads_images_and_labels(string images, string labels, bool compressed)
    {
        folder.Write(images, compressed ? Compressed(ImageFile(4)) : ImageFile(4));
        folder.Write(labels, compressed ? Compressed(LabelFile(9, 0, 3, 3)) : LabelFile(9, 0, 3, 3));
        using var data = MnistReader.Open(folder.Path, MnistReader.Fashion).ReadTraining();
        data.Images.shape.Should().Equal(4, 1, 3, 2);
        data.Images.data<byte>().ToArray().Should().Equal(Enumerable.Range(0, 24).Select(i => (byte)i));
        data.Labels.data<long>().ToArray().Should().Equal(9, 0, 3, 3);
        data.ClassNames[9].Should().Be("Ankle boot");
    }

    [Test]
    public void What_is_wrong_is_named_with_file_and_byte()
    {
        void Refused(byte[] images, byte[] labels, string message)
        {
            folder.Write("t10k-images-idx3-ubyte", images);
            folder.Write("t10k-labels-idx1-ubyte", labels);
            FluentActions.Invoking(() => MnistReader.Open(folder.Path).ReadTest().Dispose())
                .Should().Throw<InvalidDataException>().WithMessage(message);
        }
        var (good, truth) = (ImageFile(2), LabelFile(1, 2));
        Refused([], truth, "*t10k-images-idx3-ubyte: expected the header from byte 0 to 16, but it ends at byte 0.");
        Refused([1, .. good[1..]], truth, "*expected two zeros at byte 0, found 1 and 0*");
        Refused([0, 0, 13, .. good[3..]], truth, "*type 0x08*at byte 2, found 0x0D.");
        Refused([0, 0, 8, 1, .. good[4..]], truth, "*expected 3 dimensions at byte 3, found 1.");
        Refused([.. good[..8], 0, 0, 0, 0, .. good[12..]], truth, "*above 0 at byte 8*");
        Refused(good[..^1], truth, "*2 x 3 x 2 = 12 values, but from byte 16 on there are at most 11.");
        Refused([.. good, 0], truth, "*expected the end at byte 28*");
        Refused(
            [.. good[..4], 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], truth, "*4294967295 x 4294967295 x 4294967295*");
        Refused(Compressed(good[..^1]), truth, "*expected 2 x 3 x 2 values from byte 16 to 28, but it ends at byte 27.");
        Refused(Compressed([.. good, 0]), truth, "*expected the end at byte 28*");
        Refused(Compressed(good)[..^12], truth, "*t10k-images-idx3-ubyte: *");
        Refused(good, LabelFile(1, 10), "*t10k-labels-idx1-ubyte: expected a label 0..9 at byte 9, found 10.");
        Refused(good, LabelFile(1, 2, 3), "*t10k-labels-idx1-ubyte: expected a label for each of the 2 images of *, found 3*");
    }

    [Test]
    public void A_missing_file_or_folder_is_named()
    {
        FluentActions.Invoking(() => MnistReader.Open(folder.Path).ReadTraining())
            .Should().Throw<FileNotFoundException>().WithMessage("*train-images-idx3-ubyte*.gz*");
        FluentActions.Invoking(() => MnistReader.Open(Path.Combine(folder.Path, "none")))
            .Should().Throw<DirectoryNotFoundException>().WithMessage("*none*");
    }
}
