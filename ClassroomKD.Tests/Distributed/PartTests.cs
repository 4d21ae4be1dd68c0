using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Pose.Persons;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Distributed;

/// <summary>The parts of a batch, one after the other, are the batch.</summary>
public sealed class PartTests : TensorFixture
{
    [Test]
    public void Parts_follow_each_other_and_differ_by_one_sample_at_most() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 40]).Sample((samples, count) =>
        {
            var next = 0;
            for (var index = 0; index < count; index++)
            {
                var (first, size) = new BatchPart(index, count).Of(samples);
                if (first != next || size < samples / count || size > samples / count + 1)
                    return false;
                next += size;
            }

            return next == samples;
        });

    [TestCase(-1, 2), TestCase(2, 2), TestCase(0, 0)]
    public void No_such_part(int index, int count) =>
        FluentActions.Invoking(() => new BatchPart(index, count)).Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public void Of_images_in_memory([Values(1, 2, 3, 8)] int parts, [Values] bool mixed)
    {
        using var data = ShapesAndTextures.Generate(29, seed: 1);
        ShouldBeWhole(new BatchSampler(data, new() { BatchSize = 6, Seed = 3 })
        {
            Augmentations = [new RandomCropFlip(), new RandAugment()], Normalization = Normalization.Cifar10,
            Mixing = mixed ? new MixUp() : null,
        }, parts);
    }

    [Test]
    public void Of_images_in_files([Values(2, 3, 8)] int parts, [Values] bool augmented, [Values] bool mixed)
    {
        using var folder = new TemporaryFolder();
        ShouldBeWhole(new ImageLoader(Files(folder, 17), new RandomResizedCrop(8), new() { BatchSize = 5, Seed = 3, Workers = 2 })
        {
            Augmentations = augmented ? [new RandomCropFlip(1), new RandomErasing(1)] : [], Normalization = Normalization.Cifar10,
            Mixing = mixed ? new CutMix() : null,
        }, parts);
    }

    [Test]
    public void Of_persons([Values(2, 5)] int parts) => ShouldBeWhole(
        new PoseLoader(ArticulatedFigures.Generate(11, seed: 1), new()
        {
            BatchSize = 4, InputWidth = 24, InputHeight = 32, Workers = 2, Seed = 5, Augmentation = new(),
        }),
        parts, target => [target.Joints, target.Visibility, target.Areas]);

    [Test]
    public void Only_the_part_is_decoded()
    {
        using var folder = new TemporaryFolder();
        var files = Files(folder, 8);
        // What is not asked for may be broken.
        foreach (var i in (int[])[2, 3, 6, 7])
            File.WriteAllBytes(files.Paths[i], [1, 2, 3]);
        ITrainingData<Tensor> loader = new ImageLoader(files, new CenterFit(4), new() { BatchSize = 4, Shuffle = false });

        loader.Part(new BatchPart(0, 2)).Epoch(0).SelectMany(batch => batch.Samples!).Should().Equal(0, 1, 4, 5);
    }

    [Test]
    public void What_a_part_leaves_out_is_listed_in_the_whole()
    {
        using var folder = new TemporaryFolder();
        var files = Files(folder, 8);
        File.WriteAllBytes(files.Paths[2], [1, 2, 3]);
        var loader = new ImageLoader(files, new CenterFit(4), new() { BatchSize = 4, Shuffle = false, Broken = BrokenSamples.Skip });

        ((ITrainingData<Tensor>)loader).Part(new BatchPart(1, 2)).Epoch(0).SelectMany(batch => batch.Samples!).Should().Equal(3, 6, 7);

        loader.Skipped.Select(broken => broken.ImageName).Should().Equal(files.Paths[2]);
    }

    [Test]
    public void Of_persons_what_a_part_leaves_out_is_listed_in_the_whole()
    {
        using var folder = new TemporaryFolder();
        string[] annotations = [PersonCase.Annotation(7), PersonCase.Annotation(8, image: 2)];
        var loader = new PoseLoader(
            CocoPersons.Open(PersonCase.CocoFolder(folder, annotations), "part"),
            new() { BatchSize = 2, InputWidth = 8, InputHeight = 8, Shuffle = false });

        ((ITrainingData<PoseTarget>)loader).Part(new BatchPart(1, 2)).Epoch(0).Should().BeEmpty();

        loader.Skipped.Keys.Should().Equal(1);
    }

    [Test]
    public void Options_can_ask_for_it()
    {
        using var data = new ImageDataset(
            arange(6, dtype: ScalarType.Byte).reshape(6, 1, 1, 1), arange(6, dtype: ScalarType.Int64), ["a", "b", "c", "d", "e", "f"]);
        new BatchSampler(data, new() { BatchSize = 4, Shuffle = false, Part = new(1, 2) }).Epoch(0)
            .Select(batch => (batch.Number, Samples: string.Join(' ', batch.Samples), Labels: string.Join(' ', batch.Labels.data<long>())))
            .Should().Equal((0, "2 3", "2 3"), (1, "5", "5"));
    }

    [Test]
    public void Options_can_ask_for_it_of_images_that_are_mixed()
    {
        using var folder = new TemporaryFolder();
        ImageLoader Loader(BatchPart part) => new(Files(folder, 8), new CenterFit(4), new() { BatchSize = 4, Shuffle = false, Part = part })
        {
            Normalization = Normalization.Cifar10, Mixing = new CutMix(),
        };
        int[] Samples(ITrainingData<Tensor> data) => [.. data.Epoch(0).SelectMany(batch => batch.Samples!)];

        var asked = Samples(Loader(new(1, 2)));

        asked.Should().HaveCount(4).And.Equal(Samples(((ITrainingData<Tensor>)Loader(default)).Part(new(1, 2))));
    }

    [Test]
    public void Of_data_with_targets_of_its_own_only_by_itself() =>
        FluentActions.Invoking(() => ((ITrainingData<string>)new Words()).Part(new BatchPart(0, 2)).Epoch(0).ToList())
            .Should().Throw<NotSupportedException>().WithMessage("Words gives targets of String*must implement ITrainingData.Part*");

    private static void ShouldBeWhole(ITrainingData<Tensor> data, int parts) => ShouldBeWhole(data, parts, target => [target]);

    private static void ShouldBeWhole<TTarget>(ITrainingData<TTarget> data, int parts, Func<TTarget, Tensor[]> tensors)
    {
        var whole = Read(data, tensors);
        var divided = Enumerable.Range(0, parts).Select(index => data.Part(new BatchPart(index, parts))).ToList();
        divided.Should().OnlyContain(part => part.BatchesPerEpoch == data.BatchesPerEpoch);
        divided.Should().AllSatisfy(part => part.Fingerprint.Should().Equal(data.Fingerprint));
        var read = divided.Select(part => Read(part, tensors)).ToList();

        for (var number = 0; number < data.BatchesPerEpoch; number++)
        {
            var (samples, all) = whole[number];
            var here = read.Where(batches => batches.ContainsKey(number)).Select(batches => batches[number]).ToList();
            here.SelectMany(batch => batch.Samples).Should().Equal(samples);
            for (var i = 0; i < all.Length; i++)
                cat([.. here.Select(batch => batch.Tensors[i])]).ShouldEqual(all[i], 1e-4, $"batch {number}", absolute: 1e-4);
        }
    }

    private static Dictionary<int, (int[] Samples, Tensor[] Tensors)> Read<TTarget>(
        ITrainingData<TTarget> data, Func<TTarget, Tensor[]> tensors) =>
        data.Epoch(1).ToDictionary(batch => batch.Number, batch => (
            batch.Samples!.ToArray(),
            tensors(batch.Targets).Prepend(batch.Input).Select(tensor => tensor.to(ScalarType.Float64, copy: true)).ToArray()));

    private static LabeledFiles Files(TemporaryFolder folder, int count)
    {
        var paths = Enumerable.Range(0, count).Select(i => folder.Write($"{i}.png", Png(i))).ToArray();
        return new LabeledFiles(paths, [.. Enumerable.Range(0, count).Select(i => i % 3)], ["a", "b", "c"]);
    }

    private static byte[] Png(int seed)
    {
        using var bitmap = new SkiaSharp.SKBitmap(12, 10);
        var random = new Random(seed);
        for (var y = 0; y < 10; y++)
            for (var x = 0; x < 12; x++)
                bitmap.SetPixel(x, y, new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
        using var encoded = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    private sealed class Words : ITrainingData<string>
    {
        public int BatchesPerEpoch => 1;

        public IReadOnlyDictionary<string, string> Fingerprint => new Dictionary<string, string>();

        public IEnumerable<TrainingBatch<string>> Epoch(int epoch, int firstBatch, CancellationToken cancellation) =>
            [new() { Input = zeros(4, 1), Targets = "four", Number = 0 }];
    }
}
