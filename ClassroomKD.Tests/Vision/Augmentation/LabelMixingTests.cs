using ClassroomKD.Imaging;
using ClassroomKD.Tests.Vision.Data;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Augmentation;

public sealed class LabelMixingTests : TensorFixture
{
    /// <summary>Image i is filled with i and of class i, so that pixels and labels tell the same.</summary>
    private static (Tensor Images, Tensor Targets) Numbered(int count, int height = 8, int width = 6) =>
        (arange(count, ScalarType.Float32).view(-1, 1, 1, 1).expand(-1, 3, height, width).contiguous(), eye(count, count));

    /// <summary>The number each image has on average, by its label.</summary>
    private static double[] ByLabel(Tensor targets) =>
        targets.matmul(arange(targets.size(1), ScalarType.Float32).unsqueeze(1)).squeeze(1).Doubles();

    private static readonly ILabelMixing[] Mixings = [new MixUp(1), new CutMix(1), new MixingChoice([new MixUp(), new CutMix()])];

    [TestCaseSource(nameof(Mixings))]
    public void Images_and_labels_are_mixed_in_the_same_proportion(ILabelMixing mixing)
    {
        var (images, targets) = Numbered(16);
        var moved = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var (mixed, labels) = mixing.Apply(images, targets, seed);
            mixed.shape.Should().Equal(images.shape);
            labels.sum(1).Doubles().Should().AllSatisfy(sum => sum.Should().BeApproximately(1, 1e-6));
            var (pixels, byLabel) = (mixed.mean([1, 2, 3]).Doubles(), ByLabel(labels));
            for (var i = 0; i < 16; i++)
                byLabel[i].Should().BeApproximately(pixels[i], 1e-4);
            moved += byLabel.Where((value, i) => Math.Abs(value - i) > 1e-3).Count();
            mixed.ShouldBeBitwiseEqual(mixing.Apply(images, targets, seed).Images, "same seed");
        }
        moved.Should().BeGreaterThan(100);
        images.ShouldBeBitwiseEqual(Numbered(16).Images, "the input stays");
    }

    [Test]
    public void Cutmix_keeps_every_pixel_of_one_image_or_the_other()
    {
        var (images, targets) = Numbered(8);
        for (var seed = 0; seed < 10; seed++)
            new CutMix().Apply(images, targets, seed).Images.Doubles().Should().OnlyContain(value => value == Math.Round(value));
    }

    [TestCase(0.2)]
    [TestCase(1)]
    [TestCase(4)]
    public void Shares_have_the_mean_and_the_variance_of_the_Beta_distribution(double alpha)
    {
        const int Draws = 40_000;
        var random = SplitMix64.Of(3);
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < Draws; i++)
        {
            var share = BetaDistribution.Draw(ref random, alpha);
            share.Should().BeInRange(0, 1);
            (sum, squares) = (sum + share, squares + share * share);
        }
        var mean = sum / Draws;
        mean.Should().BeApproximately(0.5, 0.01);
        (squares / Draws - mean * mean).Should().BeApproximately(1 / (4 * (2 * alpha + 1)), 0.005);
    }

    [Test]
    public void A_choice_may_leave_a_batch_alone()
    {
        var (images, targets) = Numbered(8);
        var never = new MixingChoice([new MixUp(1)], probability: 0);
        never.Apply(images, targets, 1).Images.ShouldBeBitwiseEqual(images, "never mixed");
        var half = new MixingChoice([new MixUp(1)], probability: 0.5);
        Enumerable.Range(0, 200).Count(seed => half.Apply(images, targets, seed).Targets.allclose(targets)).Should().BeInRange(70, 130);
    }

    [Test]
    public void A_classroom_learns_from_mixed_and_smoothed_labels()
    {
        using var data = ShapesAndTextures.Generate(24, seed: 1);
        using var net = VisionNetworks.Create("resnet8", 10);
        using var mentor = new Mentor("mentor", VisionNetworks.Create("resnet8", 10));
        using var classroom = new Classroom([mentor]);
        using var optimizer = new SgdOptimizer(net.parameters(), 0.05);
        var batches = new BatchSampler(data, new() { BatchSize = 8, Seed = 1 })
        {
            Augmentations = [new RandomCropFlip(), new RandAugment(), new RandomErasing()],
            Normalization = Normalization.Cifar10,
            LabelSmoothing = 0.1,
            Mixing = new MixingChoice([new MixUp(), new CutMix()]),
        };
        var living = new List<long>();
        LiveTensors.Settled();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (x, y) in batches.Epoch(epoch))
            {
                using var step = NewDisposeScope();
                y.shape.Should().Equal(8, 10);
                y.sum(1).Doubles().Should().AllSatisfy(sum => sum.Should().BeApproximately(1, 1e-5));
                y.min().item<float>().Should().BeApproximately(0.01f, 1e-6f);
                optimizer.zero_grad();
                var lesson = classroom.Teach(x, net.call(x), y);
                lesson.Loss.backward();
                optimizer.step();
                float.IsFinite(lesson.Loss.item<float>()).Should().BeTrue();
            }
            living.Add(Tensor.TotalCount);
        }
        living[2].Should().Be(living[1], "no step leaves a tensor");
    }

    [Test]
    public void Refuses_what_it_cannot_mix()
    {
        var (images, targets) = Numbered(4);
        FluentActions.Invoking(() => new MixUp(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("alpha");
        FluentActions.Invoking(() => new CutMix(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new MixingChoice([])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new MixUp().Apply(images.to(ScalarType.Byte), targets, 1))
            .Should().Throw<ArgumentException>().WithMessage("*does the sampler normalize?*");
        FluentActions.Invoking(() => new MixUp().Apply(images, arange(4), 1))
            .Should().Throw<ArgumentException>().WithMessage("*[4, classes]*Int64 [4]*");
        using var data = Images.Numbered(4);
        FluentActions.Invoking(() => new BatchSampler(data, new() { BatchSize = 2 }) { Mixing = new MixUp() }.Epoch(0))
            .Should().Throw<InvalidOperationException>().WithMessage("*Normalization*");
        FluentActions.Invoking(() => new BatchSampler(data, new() { BatchSize = 2 }) { LabelSmoothing = 1 })
            .Should().Throw<ArgumentOutOfRangeException>();
    }
}
