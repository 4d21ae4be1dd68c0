using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class ImageFolderTests
{
    private TestImages.Folder folder = null!;

    [SetUp]
    public void Open() => folder = new TestImages.Folder();

    [TearDown]
    public void Close() => folder.Dispose();

    private string At(string path) => Path.Combine(folder.Path, path.Replace('/', Path.DirectorySeparatorChar));

    private void Touch(params string[] paths) => Array.ForEach(paths, path => folder.Write(path, [1]));

    [Test]
    public void Classes_and_files_are_sorted_by_code_point_as_torchvision_sorts_them()
    {
        Touch(
            "train/b/2.JPG", "train/b/10.png", "train/a b/x.webp", "train/Z/deep/er/y.jpeg", "train/Z/note.txt", "train/.hidden/z.png",
            "train/stray.png", "train/b/.thumb.png");
        var files = ImageFolder.Read(At("train"));
        files.ClassNames.Should().Equal("Z", "a b", "b");
        files.Paths.Should().Equal(At("train/Z/deep/er/y.jpeg"), At("train/a b/x.webp"), At("train/b/10.png"), At("train/b/2.JPG"));
        files.Labels.Should().Equal(0, 1, 2, 2);
    }

    [Test]
    public void An_emoji_comes_after_the_letters_that_its_surrogates_precede()
    {
        Touch(
            "train/\U0001F600/1.png", "train/\uFF71/\U0001F600.png", "train/\uFF71/\uFF71.png", "train/\uFF71/z/1.png",
            "train/\uFF71/a.png");
        var files = ImageFolder.Read(At("train"));
        files.ClassNames.Should().Equal("\uFF71", "\U0001F600");
        files.Paths.Select(path => Path.GetRelativePath(At("train"), path).Replace(Path.DirectorySeparatorChar, '/'))
            .Should().Equal("\uFF71/a.png", "\uFF71/\uFF71.png", "\uFF71/\U0001F600.png", "\uFF71/z/1.png", "\U0001F600/1.png");
    }

    [Test]
    public void Classes_without_images_keep_their_numbers_if_that_is_permitted()
    {
        Touch("train/n01440764/1.JPEG", "train/n01443537/note.txt", "train/n02119789/1.JPEG", "empty/cat/note.txt");
        var files = ImageFolder.Read(At("train"), allowEmpty: true);
        files.ClassNames.Should().Equal("n01440764", "n01443537", "n02119789");
        files.Labels.Should().Equal(0, 2);
        FluentActions.Invoking(() => ImageFolder.Read(At("train")))
            .Should().Throw<InvalidDataException>().WithMessage("*n01443537: expected images*allowEmpty*");
        FluentActions.Invoking(() => ImageFolder.Read(At("empty"), allowEmpty: true))
            .Should().Throw<InvalidDataException>().WithMessage("*empty: expected images*in any class*");
    }

    [Test]
    public void Another_split_has_the_classes_of_the_training()
    {
        Touch("train/cat/1.png", "train/dog/1.png", "train/emu/1.png", "val/emu/2.png", "val/dog/2.png", "test/gnu/1.png");
        var training = ImageFolder.Read(At("train"));
        var validation = ImageFolder.Read(At("val"), training.ClassNames);
        validation.Labels.Should().Equal(1, 2);
        validation.ClassNames.Should().Equal(training.ClassNames);
        FluentActions.Invoking(() => ImageFolder.Read(At("test"), training.ClassNames))
            .Should().Throw<InvalidDataException>().WithMessage("*gnu: this is none of the 3 classes*");
    }

    [Test]
    public void Folders_that_hold_nothing_are_named()
    {
        Touch("train/cat/1.png", "train/dog/1.txt", "flat/1.png");
        FluentActions.Invoking(() => ImageFolder.Read(At("train")))
            .Should().Throw<InvalidDataException>().WithMessage("*dog: expected images*");
        FluentActions.Invoking(() => ImageFolder.Read(At("flat")))
            .Should().Throw<InvalidDataException>().WithMessage("*flat: expected a folder for each class*");
        FluentActions.Invoking(() => ImageFolder.Read(At("none"))).Should().Throw<DirectoryNotFoundException>().WithMessage("*none*");
    }

    [Test]
    public void A_list_is_divided_into_parts_that_miss_nothing()
    {
        Touch([.. Enumerable.Range(10, 20).Select(i => $"train/{(i % 2 == 0 ? "a" : "b")}/{i}.png")]);
        var files = ImageFolder.Read(At("train"));
        var (training, validation) = files.Split(0.75, seed: 3);
        (training.Count, validation.Count).Should().Be((15, 5));
        training.Paths.Concat(validation.Paths).Should().BeEquivalentTo(files.Paths);
        training.Paths.Should().BeSubsetOf(files.Paths).And.BeInAscendingOrder(StringComparer.Ordinal);
        foreach (var part in new[] { training, validation })
            part.Labels.Should().Equal(part.Paths.Select(path => files.ClassNames.ToList().IndexOf(new FileInfo(path).Directory!.Name)));
        files.Split(0.75, seed: 3).Second.Paths.Should().Equal(validation.Paths);
        files.Split(0.75, seed: 4).Second.Paths.Should().NotEqual(validation.Paths);
    }

    [Test]
    public void ImageNet_is_read_in_the_layouts_that_people_keep()
    {
        Touch("train/n01440764/n01440764_10026.JPEG", "train/n01443537/n01443537_2.JPEG", "train/n02119789/n02119789_1.JPEG");
        var training = ImageNetFolder.ReadTraining(folder.Path);
        training.ClassNames.Should().Equal("n01440764", "n01443537", "n02119789");
        Touch("val/ILSVRC2012_val_00000001.JPEG", "val/ILSVRC2012_val_00000002.JPEG", "val/ILSVRC2012_val_00000003.JPEG");
        FluentActions.Invoking(() => ImageNetFolder.ReadValidation(folder.Path))
            .Should().Throw<FileNotFoundException>().WithMessage("*LOC_val_solution.csv, val.txt or ILSVRC2012*");

        File.WriteAllText(At("ILSVRC2012_validation_ground_truth.txt"), "1\n3\n2\n");
        FluentActions.Invoking(() => ImageNetFolder.ReadValidation(folder.Path))
            .Should().Throw<FileNotFoundException>().WithMessage("*map_clsloc.txt*");
        File.WriteAllText(
            At("map_clsloc.txt"), "n02119789 1 kit_fox\nn02100735 900 English_setter\nn01440764 2 tench\nn01443537 3 goldfish\n");
        ImageNetFolder.ReadValidation(folder.Path).Labels.Should().Equal(2, 1, 0);

        File.WriteAllText(
            At("val/val.txt"), "ILSVRC2012_val_00000002.JPEG 0\nILSVRC2012_val_00000003.JPEG n02119789\nILSVRC2012_val_00000001.JPEG 1\n");
        ImageNetFolder.ReadValidation(folder.Path).Labels.Should().Equal(1, 0, 2);

        File.WriteAllText(At("LOC_val_solution.csv"),
            "ImageId,PredictionString\nILSVRC2012_val_00000003,n01440764 85 1 499 272 n01440764 1 2 3 " +
            "4\nILSVRC2012_val_00000001,n01443537 1 1 2 2\nILSVRC2012_val_00000002,n02119789 0 0 1 1 \n");
        var validation = ImageNetFolder.ReadValidation(folder.Path);
        validation.Labels.Should().Equal(1, 2, 0);
        validation.Paths.Should().BeInAscendingOrder(StringComparer.Ordinal);

        Touch("val/n01443537/a.JPEG");
        ImageNetFolder.ReadValidation(folder.Path).Labels.Should().Equal([1], "folders go before lists");
    }

    [TestCase("val.txt", "ILSVRC2012_val_00000001.JPEG 3\n", "*val.txt: expected an image and its class*0..0) in line 1, found " +
        "'ILSVRC2012_val_00000001.JPEG 3'.")]
    [TestCase("val.txt", "\nILSVRC2012_val_00000001.JPEG\n", "*in line 2*")]
    [TestCase("val.txt", "ILSVRC2012_val_00000009.JPEG 0\n", "*val.txt: there is no line for ILSVRC2012_val_00000001.")]
    [TestCase("ILSVRC2012_validation_ground_truth.txt", "2\n", "*truth.txt: expected one ID known to map_clsloc.txt in line 1, found '2'.")]
    [TestCase("ILSVRC2012_validation_ground_truth.txt", "1\n1\n", "*expected a line for each of 1 images, found 2.")]
    public void A_truth_that_does_not_fit_is_named_with_its_line(string name, string content, string message)
    {
        Touch("train/n01440764/1.JPEG", "val/ILSVRC2012_val_00000001.JPEG");
        File.WriteAllText(At("map_clsloc.txt"), "n01440764 1 tench\n");
        File.WriteAllText(At(name), content);
        FluentActions.Invoking(() => ImageNetFolder.ReadValidation(folder.Path))
            .Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Test]
    public void A_folder_of_other_things_is_no_ImageNet()
    {
        Touch("train/cat/1.png");
        FluentActions.Invoking(() => ImageNetFolder.ReadTraining(folder.Path))
            .Should().Throw<InvalidDataException>().WithMessage("*cat: *wnid*");
    }
}
