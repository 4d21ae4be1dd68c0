using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class TrainingDataTests
{
    [Test]
    public void A_batch_says_which_samples_it_holds([Values] bool shuffle)
    {
        using var data = Images.Numbered(50);
        ITrainingData<Tensor> batches = new BatchSampler(data, new() { BatchSize = 8, Seed = 3, Shuffle = shuffle });
        var next = 2;

        foreach (var batch in batches.Epoch(1, firstBatch: 2))
        {
            batch.Number.Should().Be(next++);
            batch.Samples.Should().Equal(Images.Numbers(batch.Input));
            batch.Targets.data<long>().ToArray().Should().Equal(batch.Samples!.Select(sample => sample % 10L));
        }

        next.Should().Be(7);
    }

    [Test]
    public void A_batch_from_files_says_the_same_where_broken_files_are_left_out()
    {
        using var folder = new TemporaryFolder();
        var paths = Enumerable.Range(0, 6).Select(i => Path.Combine(folder.Root, $"{i}.png")).ToArray();
        foreach (var path in paths)
            File.WriteAllBytes(path, path.EndsWith("2.png", StringComparison.Ordinal) ? [1, 2, 3] : TestPng);
        ITrainingData<Tensor> batches = new ImageLoader(
            new LabeledFiles(paths, [0, 1, 0, 1, 0, 1], ["a", "b"]), new CenterFit(4),
            new() { BatchSize = 2, Shuffle = false, Broken = BrokenSamples.Skip });

        batches.Epoch(0).Select(batch => (batch.Number, string.Join(' ', batch.Samples!)))
            .Should().Equal((0, "0 1"), (1, "3"), (2, "4 5"));
    }

    [Test]
    public void The_fingerprint_names_what_differs()
    {
        using ImageDataset data = ShapesAndTextures.Generate(1100, 1), other = ShapesAndTextures.Generate(1100, 1);
        other.Images[1099, 0, 0, 0] = tensor((byte)(255 - other.Images[1099, 0, 0, 0].item<byte>()));
        IReadOnlyDictionary<string,
            string> Of(ImageDataset images, Action<BatchOptions>? change = null, params IBatchAugmentation[] augmentations)
        {
            var options = new BatchOptions { BatchSize = 8, Seed = 1 };
            change?.Invoke(options);
            return ((ITrainingData<Tensor>)new BatchSampler(images, options) { Augmentations = augmentations,
                Normalization = Normalization.Cifar10 }).Fingerprint;
        }

        var expected = Of(data, null, new RandomCropFlip(4));
        string Difference(IReadOnlyDictionary<string, string> found) =>
            string.Join(' ', found.Keys.Where(key => found[key] != expected[key]));

        Difference(Of(data, null, new RandomCropFlip(4))).Should().BeEmpty();
        Difference(Of(other, null, new RandomCropFlip(4))).Should().Be("samples", "one pixel differs");
        Difference(Of(data, options => options.Seed = 2, new RandomCropFlip(4))).Should().Be("seed");
        Difference(Of(data, options => options.BatchSize = 9, new RandomCropFlip(4))).Should().Be("batchSize");
        Difference(Of(data, null, new RandomCropFlip(2))).Should().Be("augmentations");
        expected["augmentations"].Should().Be("[RandomCropFlip(Flip=True, Padding=4)]");
        expected["normalization"].Should().Be("Normalization(deviations=[0.247, 0.2435, 0.2616], means=[0.4914, 0.4822, 0.4465])");
    }

    [Test]
    public void Settings_of_mixings_say_what_they_choose_from() =>
        SettingsText.Of(new MixingChoice([new MixUp(0.2), new CutMix()], 0.5))
            .Should().Be("MixingChoice(Probability=0.5, choices=[MixUp(Alpha=0.2), CutMix(Alpha=1)])");

    [Test]
    public void Files_may_move_and_may_not_change()
    {
        string Of(params string[] paths) => Sha256.OfLines(DataFingerprint.RelativeNames(paths));

        Of("/a/train/x/1.jpg", "/a/train/y/2.jpg").Should().Be(Of("/b/c/x/1.jpg", "/b/c/y/2.jpg")).And.Be(Of("x/1.jpg", "y/2.jpg"));
        Of("/a/train/x/1.jpg", "/a/train/y/2.jpg").Should().NotBe(Of("/a/train/x/1.jpg", "/a/train/z/2.jpg"));
        DataFingerprint.RelativeNames(["/a/xy/1", "/a/xz/2"]).Should().Equal("xy/1", "xz/2");
        DataFingerprint.RelativeNames([]).Should().BeEmpty();
    }

    private static byte[] TestPng => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
}
