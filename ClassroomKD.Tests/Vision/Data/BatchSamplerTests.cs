using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class BatchSamplerTests
{
    private static int[] Order(BatchSampler sampler, int epoch) =>
        [.. sampler.Epoch(epoch).SelectMany(batch => Images.Numbers(batch.Images))];

    [Test]
    public void Every_image_comes_once_in_an_epoch_with_its_label()
    {
        using var data = Images.Numbered(50);
        var sampler = new BatchSampler(data, new() { BatchSize = 8, Seed = 3 });
        sampler.BatchesPerEpoch.Should().Be(7);
        var (seen, sizes) = (new List<int>(), new List<long>());
        foreach (var (images, labels) in sampler.Epoch(0))
        {
            sizes.Add(labels.size(0));
            var numbers = Images.Numbers(images);
            labels.data<long>().ToArray().Should().Equal(numbers.Select(number => number % 10L));
            seen.AddRange(numbers);
        }
        seen.Should().BeEquivalentTo(Enumerable.Range(0, 50)).And.NotBeInAscendingOrder();
        sizes.Should().Equal(8, 8, 8, 8, 8, 8, 2);
    }

    [TestCase(50, 8, 6)]
    [TestCase(48, 8, 6)]
    [TestCase(5, 8, 0)]
    public void The_rest_can_be_dropped(int count, int batchSize, int batches)
    {
        using var data = Images.Numbered(count);
        var sampler = new BatchSampler(data, new() { BatchSize = batchSize, DropLast = true });
        sampler.BatchesPerEpoch.Should().Be(batches);
        sampler.Epoch(0).Select(batch => batch.Images.size(0)).Should().Equal(Enumerable.Repeat((long)batchSize, batches));
    }

    [Test]
    public void The_order_is_a_function_of_seed_and_epoch_alone()
    {
        using var data = Images.Numbered(100);
        var fourth = Order(new BatchSampler(data, new() { BatchSize = 10, Seed = 5 }), 4);
        var other = new BatchSampler(data, new() { BatchSize = 10, Seed = 5 });
        for (var epoch = 0; epoch < 4; epoch++)
            Order(other, epoch).Should().NotEqual(fourth);
        manual_seed(99);
        Order(other, 4).Should().Equal(fourth);
        Order(new BatchSampler(data, new() { BatchSize = 7, Seed = 5 }), 4)
            .Should().Equal(fourth, "the size of a batch does not change the order");
        Order(new BatchSampler(data, new() { BatchSize = 10, Seed = 6 }), 4).Should().NotEqual(fourth);
    }

    [Test]
    public void The_order_never_changes_between_versions()
    {
        using var data = Images.Numbered(10);
        Order(new BatchSampler(data, new() { BatchSize = 10, Seed = 1 }), 0).Should().Equal(1, 7, 2, 6, 9, 8, 4, 5, 0, 3);
    }

    [Test]
    public void Every_place_in_the_order_is_equally_likely()
    {
        using var data = Images.Numbered(4);
        var sampler = new BatchSampler(data, new() { BatchSize = 4, Seed = 11 });
        var counts = new int[4, 4];
        const int Epochs = 2000;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var order = Order(sampler, epoch);
            for (var place = 0; place < 4; place++)
                counts[place, order[place]]++;
        }
        // 500 expected each with a deviation of 19.
        counts.Cast<int>().Should().AllSatisfy(count => count.Should().BeInRange(420, 580));
    }

    [Test]
    public void Unshuffled_batches_come_in_the_order_of_the_data_set()
    {
        using var data = Images.Numbered(10);
        Order(new BatchSampler(data, new() { BatchSize = 4, Shuffle = false }), 3).Should().Equal(Enumerable.Range(0, 10));
    }

    [Test]
    public void Augments_and_normalizes_reproducibly_and_differently_in_each_batch_and_epoch()
    {
        using var scope = NewDisposeScope();
        using var data = ShapesAndTextures.Generate(8, seed: 1);
        BatchSampler Sampler() => new(data, new() { BatchSize = 4, Seed = 2, Shuffle = false })
        {
            Augmentations = [new RandomCropFlip(4)], Normalization = Normalization.Cifar10,
        };
        Tensor Epoch(int epoch) => cat([.. Sampler().Epoch(epoch).Select(batch => batch.Images.clone())]);
        var first = Epoch(0);
        first.dtype.Should().Be(ScalarType.Float32);
        first.ShouldBeBitwiseEqual(Epoch(0), "same seed, same epoch");
        first.Doubles().Should().NotEqual(Epoch(1).Doubles());
    }

    [Test]
    public void Batches_are_released_when_the_loop_goes_on_or_is_left()
    {
        using var data = Images.Numbered(20);
        var sampler = new BatchSampler(data, new() { BatchSize = 4 })
        {
            Augmentations = [new RandomCropFlip(1)], Normalization = Normalization.Cifar10,
        };
        var before = LiveTensors.Settled();
        foreach (var batch in sampler.Epoch(0))
        {
            using var scope = NewDisposeScope();
            Tensor.TotalCount.Should().Be(before + 3, "order, images, labels");
            if (batch.Images.mean().item<float>() > 1e9)
                break;
        }
        Tensor.TotalCount.Should().Be(before);
        foreach (var _ in sampler.Epoch(1))
            break;
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void A_scope_around_each_step_leaves_the_sampler_alone()
    {
        using var data = Images.Numbered(20);
        var seen = 0;
        using var batches = new BatchSampler(data, new() { BatchSize = 4 }).Epoch(0).GetEnumerator();
        while (true)
        {
            using var scope = NewDisposeScope();
            if (!batches.MoveNext())
                break;
            seen += Images.Numbers(batches.Current.Images).Length;
        }
        seen.Should().Be(20);
    }

    [Test]
    public void Refuses_impossible_numbers_at_once()
    {
        using var data = Images.Numbered(4);
        FluentActions.Invoking(() => new BatchSampler(data, new() { BatchSize = 0 }))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("BatchSize");
        FluentActions.Invoking(() => new BatchSampler(data, new() { BatchSize = 1 }).Epoch(-1))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("epoch");
    }
}
