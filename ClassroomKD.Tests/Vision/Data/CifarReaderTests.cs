using System.Formats.Tar;
using System.IO.Compression;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class CifarReaderTests
{
    [Test]
    public void Reads_cifar_10_batch_after_batch()
    {
        using var folder = CifarFolder.Ten(1, 2);
        var reader = CifarReader.Open(folder.Path);
        reader.Name.Should().Be("CIFAR-10");
        using var data = reader.ReadTraining();
        data.Count.Should().Be(3 + 4);
        data.ClassNames.Should().Equal(Enumerable.Range(0, 10).Select(i => $"class {i}"));
        data.Labels.data<long>().ToArray().Should().Equal(1, 2, 3, 2, 3, 4, 5);
        data.Images.shape.Should().Equal(7, 3, 32, 32);
        using var scope = NewDisposeScope();
        foreach (var (image, record) in new[] { (0, 0), (2, 2), (3, 0), (6, 3) })
            data.Images[image].contiguous().bytes.ToArray()
                .Should().Equal(Enumerable.Range(0, 3072).Select(at => CifarFolder.Pixel(record, at)), $"image {image}");
        using var test = reader.ReadTest();
        test.Labels.data<long>().ToArray().Should().Equal(9, 8);
    }

    [TestCase(CifarLabels.Fine, 100, new long[] { 90, 91, 92, 93 })]
    [TestCase(CifarLabels.Coarse, 20, new long[] { 15, 16, 17, 18 })]
    public void Reads_cifar_100(CifarLabels labels, int classes, long[] expected)
    {
        using var folder = CifarFolder.Hundred();
        var reader = CifarReader.Open(folder.Path, labels);
        reader.Name.Should().Be("CIFAR-100");
        reader.ClassNames.Should().HaveCount(classes);
        using var data = reader.ReadTraining();
        data.Labels.data<long>().ToArray().Should().Equal(expected);
        using var scope = NewDisposeScope();
        data.Images[3].contiguous().bytes[..3].ToArray().Should().Equal(Enumerable.Range(0, 3).Select(at => CifarFolder.Pixel(3, at)));
        using var test = reader.ReadTest();
        test.Count.Should().Be(1);
    }

    [Test]
    public void A_gap_between_the_batches_is_a_missing_file()
    {
        using var folder = CifarFolder.Ten(1, 3);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path).ReadTraining())
            .Should().Throw<FileNotFoundException>().WithMessage("*data_batch_2.bin*");
        using var none = CifarFolder.Ten();
        FluentActions.Invoking(() => CifarReader.Open(none.Path).ReadTraining())
            .Should().Throw<FileNotFoundException>().WithMessage("*data_batch_1.bin*");
    }

    [Test]
    public void A_cut_file_is_refused_with_the_byte_where_its_last_record_starts()
    {
        using var folder = CifarFolder.Ten(1);
        File.WriteAllBytes(folder.File("data_batch_1.bin"), new byte[3073 + 100]);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path).ReadTraining()).Should().Throw<InvalidDataException>()
            .WithMessage("*data_batch_1.bin: expected records of 3073 bytes*found 3173 bytes: the record at byte 3073 has only 100.");
    }

    [Test]
    public void A_label_out_of_range_is_refused_with_its_byte()
    {
        using var folder = CifarFolder.Ten(1);
        folder.Records("test_batch.bin", 3, record => [(byte)(record == 2 ? 10 : 0)]);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path).ReadTest()).Should().Throw<InvalidDataException>()
            .WithMessage("*test_batch.bin: expected a label 0..9 at byte 6146, found 10.");

        using var hundred = CifarFolder.Hundred();
        hundred.Records("train.bin", 2, record => [(byte)(record == 1 ? 20 : 0), 0]);
        FluentActions.Invoking(() => CifarReader.Open(hundred.Path).ReadTraining())
            .Should().Throw<InvalidDataException>("coarse labels are checked too")
            .WithMessage("*train.bin: expected a label 0..19 at byte 3074, found 20.");
    }

    [Test]
    public void An_empty_file_is_refused()
    {
        using var folder = CifarFolder.Hundred();
        File.WriteAllBytes(folder.File("test.bin"), []);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path).ReadTest())
            .Should().Throw<InvalidDataException>().WithMessage("*test.bin: the file is empty (byte 0); expected records of 3074 bytes*");
    }

    [Test]
    public void A_folder_that_is_neither_or_both_is_refused()
    {
        using var empty = new CifarFolder();
        FluentActions.Invoking(() => CifarReader.Open(empty.Path))
            .Should().Throw<InvalidDataException>().WithMessage("*none of these files*");
        using var both = CifarFolder.Ten(1);
        File.WriteAllBytes(both.File("train.bin"), new byte[3074]);
        FluentActions.Invoking(() => CifarReader.Open(both.Path)).Should().Throw<InvalidDataException>().WithMessage("*files of both*");
        FluentActions.Invoking(() => CifarReader.Open(empty.File("nowhere")))
            .Should().Throw<DirectoryNotFoundException>().WithMessage("*nowhere*");
    }

    [TestCase("CIFAR-10", "Python", "cifar-10-batches-bin", "data_batch_1", "batches.meta", "test_batch")]
    [TestCase("CIFAR-100", "Python", "cifar-100-binary", "train", "meta", "test", "file.txt~")]
    [TestCase("CIFAR-10", "Matlab", "cifar-10-batches-bin", "batches.meta.mat", "test_batch.mat")]
    [TestCase("CIFAR-100", "Matlab", "cifar-100-binary", "train.mat", "test.mat")]
    public void Another_version_is_recognized_and_the_right_one_named(string data, string version, string folder, params string[] files)
    {
        using var place = new CifarFolder();
        var name = version == "Python" ? folder.Replace("binary", "python").Replace("-bin", "-py") : "x";
        var inner = Directory.CreateDirectory(place.File(name));
        foreach (var file in files)
            // A pickle that would run a program if it were unpickled.
            File.WriteAllText(Path.Combine(inner.FullName, file), "cos\nsystem\n(S'exit 1'\ntR.");
        var message = $"*this is the {version} version of {data} (*{(version == "Python" ? "not read*" : "")}" +
            $"download {data.ToLowerInvariant()}-binary.tar.gz*{folder}.";
        FluentActions.Invoking(() => CifarReader.Open(inner.FullName)).Should().Throw<InvalidDataException>().WithMessage(message);
        FluentActions.Invoking(() => CifarReader.Open(Path.Combine(inner.FullName, files[0])))
            .Should().Throw<InvalidDataException>().WithMessage(message);
        if (version != "Python")
            return;
        FluentActions.Invoking(() => CifarReader.Open(place.Path)).Should().Throw<InvalidDataException>().WithMessage(message);
        // The download itself, also renamed.
        using var downloads = new CifarFolder();
        foreach (var download in new[] { "cifar.tgz", "some.download" })
        {
            using (var target = new GZipStream(File.Create(downloads.File(download)), CompressionLevel.Fastest))
                TarFile.CreateFromDirectory(inner.FullName, target, includeBaseDirectory: true);
            FluentActions.Invoking(() => CifarReader.Open(downloads.File(download)))
                .Should().Throw<InvalidDataException>().WithMessage(message);
        }
        FluentActions.Invoking(() => CifarReader.Open(downloads.Path)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Test]
    public void The_folder_above_and_the_archive_of_the_right_version_are_recognized()
    {
        using var above = new CifarFolder();
        Directory.CreateDirectory(above.File("cifar-100-binary"));
        FluentActions.Invoking(() => CifarReader.Open(above.Path))
            .Should().Throw<InvalidDataException>().WithMessage("*in its folder cifar-100-binary; open that.");
        using (var target = new GZipStream(File.Create(above.File("c.tar.gz")), CompressionLevel.Fastest))
            TarFile.CreateFromDirectory(above.File("cifar-100-binary"), target, includeBaseDirectory: true);
        FluentActions.Invoking(() => CifarReader.Open(above.File("c.tar.gz")))
            .Should().Throw<InvalidDataException>().WithMessage("*c.tar.gz is an archive; extract it*folder cifar-100-binary.");
        File.WriteAllText(above.File("notes.txt"), "none");
        FluentActions.Invoking(() => CifarReader.Open(above.File("notes.txt")))
            .Should().Throw<InvalidDataException>().WithMessage("*notes.txt: expected a folder*found a file.");
    }

    [Test]
    public void Class_names_must_be_there_and_complete()
    {
        using var folder = CifarFolder.Ten(1);
        folder.Names("batches.meta.txt", 9);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path))
            .Should().Throw<InvalidDataException>().WithMessage("*batches.meta.txt: expected 10 class names*found 9.");
        File.Delete(folder.File("batches.meta.txt"));
        FluentActions.Invoking(() => CifarReader.Open(folder.Path))
            .Should().Throw<FileNotFoundException>().WithMessage("*batches.meta.txt*");
    }

    [Test]
    public void Cifar_10_has_no_coarse_labels()
    {
        using var folder = CifarFolder.Ten(1);
        FluentActions.Invoking(() => CifarReader.Open(folder.Path, CifarLabels.Coarse))
            .Should().Throw<ArgumentException>().WithMessage("*coarse*");
    }

    [Test]
    public void Leaves_nothing_behind()
    {
        using var folder = CifarFolder.Ten(1, 2);
        File.WriteAllBytes(folder.File("test_batch.bin"), [.. Enumerable.Repeat((byte)77, 3073)]);
        var before = LiveTensors.Settled();
        var reader = CifarReader.Open(folder.Path);
        using (reader.ReadTraining())
            Tensor.TotalCount.Should().Be(before + 2);
        FluentActions.Invoking(reader.ReadTest).Should().Throw<InvalidDataException>();
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Reads_real_images()
    {
        var folder = RealData.Folder("cifar-10-12k");
        var reader = CifarReader.Open(folder);
        using var scope = NewDisposeScope();
        using var training = reader.ReadTraining();
        using var test = reader.ReadTest();
        (training.Count, test.Count).Should().Be((10_000, 2_000));
        training.ClassNames[3].Should().Be("cat");
        training.Labels.bincount(null, 10).data<long>().ToArray().Should().AllBeEquivalentTo(1000);
        var bytes = File.ReadAllBytes(Path.Combine(folder, "data_batch_1.bin"));
        training.Labels[9_999].item<long>().Should().Be(bytes[9_999 * 3073]);
        training.Images[9_999, 2, 31, 31].item<byte>().Should().Be(bytes[^1]);
        var measured = training.MeasureNormalization();
        for (var c = 0; c < 3; c++)
        {
            measured.Mean[c].Should().BeApproximately(Normalization.Cifar10.Mean[c], 0.01f, "a fifth of the training set");
            measured.StandardDeviation[c].Should().BeApproximately(Normalization.Cifar10.StandardDeviation[c], 0.01f);
        }
    }
}
