using ClassroomKD.Imaging;
using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Vision;
using SkiaSharp;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class ImageLoaderTests
{
    private const int Patience = 30_000;
    private TestImages.Folder folder = null!;

    [SetUp]
    public void Open() => folder = new TestImages.Folder();

    [TearDown]
    public void Close() => folder.Dispose();

    /// <summary>Images of several sizes and formats in two classes; the tone tells which is which.</summary>
    private LabeledFiles Generated(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var format = i % 3 == 0 ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg;
            folder.Write(
                $"train/{(i % 2 == 0 ? "even" : "odd")}/{i:D3}.{(i % 3 == 0 ? "png" : "jpg")}",
                TestImages.Encoded(format, 40 + i % 7, 30 + i % 5, tone: i * 255 / count));
        }
        return ImageFolder.Read(Path.Combine(folder.Path, "train"));
    }

    private static List<(Tensor Images, Tensor Labels)> Keep(IEnumerable<ImageBatch> batches) =>
        [.. batches.Select(batch => (batch.Images.clone(), batch.Labels.clone()))];

    [Test, CancelAfter(Patience)]
    public void Batches_are_the_same_whatever_the_number_of_workers_and_wherever_they_begin()
    {
        using var scope = NewDisposeScope();
        var files = Generated(41);
        ImageLoader Loader(int workers) => new(files, new RandomResizedCrop(24), new() { BatchSize = 8, Seed = 3, Workers = workers })
        {
            Augmentations = [new RandomCropFlip(0), new RandAugment()],
            Normalization = Normalization.Cifar10,
            Mixing = new CutMix(),
        };
        var expected = Keep(Loader(1).Epoch(2));
        expected.Should().HaveCount(6);
        expected[0].Images.shape.Should().Equal(8, 3, 24, 24);
        foreach (var (workers, first) in new[] { (2, 0), (4, 0), (4, 3), (1, 5) })
        {
            var found = Keep(Loader(workers).Epoch(2, first));
            found.Should().HaveCount(6 - first);
            for (var batch = 0; batch < found.Count; batch++)
            {
                found[batch].Images.ShouldBeBitwiseEqual(expected[first + batch].Images, "images");
                found[batch].Labels.ShouldBeBitwiseEqual(expected[first + batch].Labels, "labels");
            }
        }
        Keep(Loader(2).Epoch(3))[0].Images.Doubles().Should().NotEqual(expected[0].Images.Doubles());
    }

    [Test, CancelAfter(Patience)]
    public void Files_give_what_the_same_images_in_memory_give()
    {
        using var scope = NewDisposeScope();
        var files = Generated(20);
        var fit = new CenterFit(16, 20);
        using var data = ImageLoader.ReadAll(files, fit);
        data.Images.shape.Should().Equal(20, 3, 16, 16);
        data.Labels.data<long>().ToArray().Should().Equal(files.Labels.Select(label => (long)label));
        data.ClassNames.Should().Equal("even", "odd");
        var fromMemory = new BatchSampler(data, new() { BatchSize = 6, Seed = 9 }) { Augmentations = [new RandomCropFlip(2)] };
        var fromFiles = new ImageLoader(files, fit, new() { BatchSize = 6, Seed = 9 }) { Augmentations = [new RandomCropFlip(2)] };
        foreach (var (expected, found) in fromMemory.Epoch(1).Zip(fromFiles.Epoch(1)))
        {
            found.Images.ShouldBeBitwiseEqual(expected.Images, "images");
            found.Labels.ShouldBeBitwiseEqual(expected.Labels, "labels");
        }
    }

    [Test, CancelAfter(Patience)]
    public void Broken_files_end_the_epoch_or_are_skipped_and_listed()
    {
        var files = Generated(20);
        File.WriteAllBytes(files.Paths[3], File.ReadAllBytes(files.Paths[3]).AsSpan(0, 90));
        File.Delete(files.Paths[11]);
        var before = LiveTensors.Settled();
        FluentActions.Invoking(
            () => new ImageLoader(files, new CenterFit(16, 20), new() { BatchSize = 4, Shuffle = false }).Epoch(0).Count())
            .Should().Throw<ImageException>().Which.ImageName.Should().Be(files.Paths[3]);
        var skipping = new ImageLoader(files, new CenterFit(16, 20), new() { BatchSize = 4, Shuffle = false, Broken = BrokenSamples.Skip });
        skipping.Skipped.Should().BeEmpty();
        skipping.Epoch(0).Select(batch => batch.Images.size(0)).Should().Equal(3, 4, 3, 4, 4);
        skipping.Skipped.Select(broken => broken.ImageName).Should().Equal(files.Paths[3], files.Paths[11]);
        using (var data = ImageLoader.ReadAll(files, new CenterFit(16, 20), BrokenSamples.Skip))
            data.Count.Should().Be(18);
        Tensor.TotalCount.Should().Be(before);
    }

    [Test, CancelAfter(Patience)]
    public void Leaving_or_cancelling_leaves_no_tensor()
    {
        var files = Generated(60);
        var before = LiveTensors.Settled();
        var loader = new ImageLoader(
            files, new RandomResizedCrop(16), new() { BatchSize = 4, Workers = 3 }) { Normalization = Normalization.Cifar10 };
        foreach (var batch in loader.Epoch(0))
            break;
        Tensor.TotalCount.Should().Be(before);
        using var cancel = new CancellationTokenSource();
        FluentActions.Invoking(() =>
        {
            foreach (var batch in loader.Epoch(1, cancellation: cancel.Token))
                cancel.Cancel();
        }).Should().Throw<OperationCanceledException>();
        Tensor.TotalCount.Should().Be(before);
        for (var epoch = 0; epoch < 5; epoch++)
            loader.Epoch(epoch).Count().Should().Be(15);
        Tensor.TotalCount.Should().Be(before);
    }

    [Test, CancelAfter(Patience), NonParallelizable]
    public void Memory_for_pixels_is_pooled()
    {
        var files = Generated(64);
        var loader = new ImageLoader(files, new RandomResizedCrop(64), new() { BatchSize = 8 });
        loader.Epoch(0).Count().Should().Be(8);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var epoch = 1; epoch <= 5; epoch++)
            loader.Epoch(epoch).Count().Should().Be(8);
        var perImage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (5 * 64);
        TestContext.Out.WriteLine($"{perImage} bytes allocated per image");
        perImage.Should().BeLessThan(64 * 64 * RgbImage.BytesPerPixel / 2, "a fitted image has twice as many bytes, a decoded one more");
    }

    [Test]
    public void Crops_stay_within_the_image_and_within_their_area() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Long).Sample((width, height, seed) =>
        {
            var random = SplitMix64.Of(seed);
            var box = new RandomResizedCrop(8).Draw(width, height, ref random);
            box.IsWithin(width, height).Should().BeTrue();
            if (width >= 40 && height >= 40 && width < 2 * height && height < 2 * width)
            {
                ((double)box.Width * box.Height / ((double)width * height)).Should().BeInRange(0.06, 1);
                ((double)box.Width / box.Height).Should().BeInRange(0.65, 1.55);
            }
        }, iter: 2000);

    [Test, CancelAfter(Patience)]
    public void Real_photographs_go_through_as_an_image_folder()
    {
        foreach (var (i, path) in Directory.GetFiles(RealData.Folder("coco-mini/train2017")).Order().Take(12).Index())
            folder.Write($"train/{(i < 6 ? "first" : "second")}/{Path.GetFileName(path)}", File.ReadAllBytes(path));
        using var scope = NewDisposeScope();
        var loader = new ImageLoader(
            ImageFolder.Read(Path.Combine(folder.Path, "train")), new RandomResizedCrop(64),
            new() { BatchSize = 5 }) { Normalization = Normalization.Cifar10 };
        var batches = Keep(loader.Epoch(0));
        batches.Sum(batch => batch.Images.size(0)).Should().Be(12);
        batches.Should().AllSatisfy(batch => batch.Images.std().item<float>().Should().BeGreaterThan(0.3f));
        cat([.. batches.Select(batch => batch.Labels)]).sum().item<long>().Should().Be(6);
    }
}
