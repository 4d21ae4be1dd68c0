using ClassroomKD.Imaging;

namespace ClassroomKD.Tests.Imaging.Loading;

public sealed class PrefetchingLoaderTests
{
    private const int Patience = 20_000;

    /// <summary>What a batch holds: of each sample its index and its random number.</summary>
    private sealed class Numbers(int number, Tensor values) : IDisposable
    {
        public int Number { get; } = number;

        public Tensor Values { get; } = values;

        public bool Disposed { get; private set; }

        public void Dispose()
        {
            Disposed = true;
            Values.Dispose();
        }
    }

    private sealed class Sample(long value, Action disposed) : IDisposable
    {
        public long Value { get; } = value;

        public void Dispose() => disposed();
    }

    private sealed class Source : IBatchSource<Sample, Numbers>
    {
        private int living;

        public required int Count { get; init; }

        public Action<int> BeforeLoad { get; init; } = static _ => { };

        public Action<int> BeforeCollate { get; init; } = static _ => { };

        public int Living => living;

        public string Describe(int index) => $"file-{index}.jpg";

        public Sample Load(in SampleRequest request)
        {
            BeforeLoad(request.Index);
            var random = request.Random();
            // Uneven work, so that samples arrive in another order than they were claimed.
            Thread.SpinWait(random.Below(3000));
            Interlocked.Increment(ref living);
            return new Sample((request.Index << 20) + random.Below(1 << 20), () => Interlocked.Decrement(ref living));
        }

        public Numbers Collate(IReadOnlyList<Sample> samples, in BatchRequest request)
        {
            BeforeCollate(request.Batch);
            return new(
                request.Batch,
                tensor([.. samples.Select(sample => sample.Value), request.Random().Below(1 << 30)]).DetachFromDisposeScope());
        }
    }

    private static LoaderOptions Options(int workers, Action<LoaderOptions>? change = null)
    {
        var options = new LoaderOptions { BatchSize = 8, Seed = 7, Workers = workers };
        change?.Invoke(options);
        return options;
    }

    private static List<long[]> Read(IEnumerable<Numbers> batches) => [.. batches.Select(batch => batch.Values.data<long>().ToArray())];

    private static int[] Indices(IEnumerable<long[]> batches) =>
        [.. batches.SelectMany(batch => batch[..^1].Select(value => (int)(value >> 20)))];

    [Test, CancelAfter(Patience)]
    public void Batches_are_the_same_whatever_the_number_of_workers()
    {
        var source = new Source { Count = 203 };
        var expected = Read(new PrefetchingLoader<Sample, Numbers>(source, Options(1, o => o.Prefetch = 1)).Epoch(3));
        foreach (var (workers, prefetch) in new[] { (2, 1), (2, 3), (4, 3), (9, 5) })
        {
            var found = Read(new PrefetchingLoader<Sample, Numbers>(source, Options(workers, o => o.Prefetch = prefetch)).Epoch(3));
            found.Should().HaveCount(26);
            for (var batch = 0; batch < found.Count; batch++)
                found[batch].Should().Equal(expected[batch]);
        }
        Indices(expected).Should().BeEquivalentTo(Enumerable.Range(0, 203)).And.NotBeInAscendingOrder();
        source.Living.Should().Be(0, "samples are disposed once their batch is made");
    }

    [Test, CancelAfter(Patience)]
    public void Each_epoch_and_each_seed_has_an_order_and_randomness_of_its_own()
    {
        var source = new Source { Count = 40 };
        long[] All(long seed, int epoch)
        {
            var loader = new PrefetchingLoader<Sample, Numbers>(source, Options(2, o => { o.Seed = seed; o.Shuffle = false; }));
            return [.. Read(loader.Epoch(epoch)).SelectMany(values => values)];
        }
        var first = All(1, 0);
        All(1, 0).Should().Equal(first);
        All(1, 1).Should().NotEqual(first);
        All(2, 0).Should().NotEqual(first);
        Indices(Read(new PrefetchingLoader<Sample, Numbers>(source, Options(2, o => o.Shuffle = false)).Epoch(5)))
            .Should().Equal(Enumerable.Range(0, 40));
    }

    [Test, CancelAfter(Patience)]
    public void An_epoch_goes_on_at_any_batch()
    {
        var loader = new PrefetchingLoader<Sample, Numbers>(new Source { Count = 60 }, Options(3));
        var whole = Read(loader.Epoch(2));
        for (var first = 0; first <= loader.BatchesPerEpoch; first++)
        {
            var rest = Read(loader.Epoch(2, first));
            rest.Should().HaveCount(whole.Count - first);
            for (var batch = 0; batch < rest.Count; batch++)
                rest[batch].Should().Equal(whole[first + batch]);
        }
    }

    [TestCase(50, false, 7)]
    [TestCase(50, true, 6)]
    [TestCase(48, true, 6)]
    [TestCase(5, true, 0)]
    [CancelAfter(Patience)]
    public void The_rest_can_be_dropped(int count, bool drop, int batches)
    {
        var loader = new PrefetchingLoader<Sample, Numbers>(new Source { Count = count }, Options(2, o => o.DropLast = drop));
        loader.BatchesPerEpoch.Should().Be(batches);
        Read(loader.Epoch(0)).Should().HaveCount(batches);
    }

    [Test, CancelAfter(Patience)]
    public void Work_goes_ahead_but_not_without_limit()
    {
        var loaded = 0;
        var source = new Source { Count = 800, BeforeLoad = _ => Interlocked.Increment(ref loaded) };
        using var batches = new PrefetchingLoader<Sample, Numbers>(source, Options(4, o => o.Prefetch = 2)).Epoch(0).GetEnumerator();
        batches.MoveNext().Should().BeTrue();
        SpinWait.SpinUntil(() => Volatile.Read(ref loaded) == 24, Patience / 2).Should().BeTrue("the batch in use and two more");
        Thread.Sleep(50);
        loaded.Should().Be(24);
    }

    [Test, CancelAfter(Patience)]
    public void A_batch_is_released_when_the_next_is_drawn_and_no_tensor_stays()
    {
        var before = LiveTensors.Settled();
        var source = new Source { Count = 100 };
        var loader = new PrefetchingLoader<Sample, Numbers>(source, Options(4));
        Numbers? last = null;
        foreach (var batch in loader.Epoch(0))
        {
            last?.Disposed.Should().BeTrue();
            batch.Disposed.Should().BeFalse();
            last = batch;
        }
        last!.Disposed.Should().BeTrue();
        Tensor.TotalCount.Should().Be(before);
    }

    [Test, CancelAfter(Patience)]
    public void Leaving_the_loop_leaves_no_thread_and_no_tensor()
    {
        var before = LiveTensors.Settled();
        var (inside, source) = (0, (Source?)null);
        source = new Source
        {
            Count = 1000, BeforeLoad = _ => { Interlocked.Increment(ref inside); Thread.Sleep(1); Interlocked.Decrement(ref inside); },
        };
        var loader = new PrefetchingLoader<Sample, Numbers>(source, Options(4));
        foreach (var batch in loader.Epoch(0))
            if (batch.Number == 2)
                break;
        (Volatile.Read(ref inside), source.Living, Tensor.TotalCount).Should().Be((0, 0, before));

        FluentActions.Invoking(() =>
        {
            foreach (var batch in loader.Epoch(1))
                throw new InvalidOperationException("the loop's own");
        }).Should().Throw<InvalidOperationException>().WithMessage("the loop's own");
        (Volatile.Read(ref inside), source.Living, Tensor.TotalCount).Should().Be((0, 0, before));
        loader.Epoch(0);
        (source.Living, Tensor.TotalCount).Should().Be((0, before), "an epoch that nobody draws from does nothing");
    }

    [Test, CancelAfter(Patience)]
    public void Cancelling_ends_a_wait()
    {
        var before = LiveTensors.Settled();
        using var hold = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var source = new Source { Count = 100, BeforeLoad = index => { if (index == 20) { cancel.Cancel(); hold.Wait(); } } };
        var loader = new PrefetchingLoader<Sample, Numbers>(source, Options(2, o => o.Shuffle = false));
        using var _ = cancel.Token.Register(() => ThreadPool.UnsafeQueueUserWorkItem(_ => { Thread.Sleep(30); hold.Set(); }, null));
        FluentActions.Invoking(() => Read(loader.Epoch(0, cancellation: cancel.Token))).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => Read(loader.Epoch(0, cancellation: cancel.Token)))
            .Should().Throw<OperationCanceledException>("it was canceled before it began");
        (source.Living, Tensor.TotalCount).Should().Be((0, before));
    }

    [Test, CancelAfter(Patience)]
    public void A_broken_image_ends_the_epoch_at_its_batch_by_name([Values(1, 4)] int workers)
    {
        var before = LiveTensors.Settled();
        var source = new Source
        {
            Count = 100, BeforeLoad = index => { if (index is 37 or 35) throw new ImageException($"file-{index}.jpg", "cut off."); },
        };
        var (loader, seen) = (new PrefetchingLoader<Sample, Numbers>(source, Options(workers, o => o.Shuffle = false)), 0);
        FluentActions.Invoking(() =>
        {
            foreach (var batch in loader.Epoch(0))
                seen++;
        }).Should().Throw<ImageException>().WithMessage("file-35.jpg: cut off.");
        (seen, source.Living, Tensor.TotalCount, loader.Skipped.Count).Should().Be((4, 0, before, 0));
    }

    [Test, CancelAfter(Patience)]
    public void Broken_images_can_be_skipped_and_are_listed([Values(1, 4)] int workers)
    {
        // Batch 4 loses one, batch 5 all.
        var source = new Source
        {
            Count = 100, BeforeLoad = index =>
                { if (index is 37 or >= 40 and < 48) throw new ImageException($"file-{index}.jpg", "cut off."); },
        };
        var options = Options(workers, o => { o.Shuffle = false; o.Broken = BrokenSamples.Skip; });
        var loader = new PrefetchingLoader<Sample, Numbers>(source, options);
        var batches = new List<(int Number, long Samples)>();
        foreach (var batch in loader.Epoch(0))
            batches.Add((batch.Number, batch.Values.size(0) - 1));
        batches.Should().Equal((0, 8), (1, 8), (2, 8), (3, 8), (4, 7), (6, 8), (7, 8), (8, 8), (9, 8), (10, 8), (11, 8), (12, 4));
        Read(loader.Epoch(1));
        loader.Skipped.Keys.Should().BeEquivalentTo([37, 40, 41, 42, 43, 44, 45, 46, 47]);
        loader.Skipped[37].ImageName.Should().Be("file-37.jpg");
        source.Living.Should().Be(0);
    }

    [Test, CancelAfter(Patience)]
    public void Other_exceptions_reach_the_loop_with_the_file_named()
    {
        var failing = new Source { Count = 100, BeforeLoad = index => { if (index == 21) throw new FormatException("no number"); } };
        FluentActions.Invoking(
            () => Read(new PrefetchingLoader<Sample, Numbers>(failing, Options(3, o => o.Broken = BrokenSamples.Skip)).Epoch(0)))
            .Should().Throw<LoaderException>().WithMessage("file-21.jpg (sample 21): no number").WithInnerException<FormatException>();
        var before = LiveTensors.Settled();
        var collating =
            new Source { Count = 100, BeforeCollate = batch => { if (batch == 3) throw new ArgumentException("sizes differ"); } };
        FluentActions.Invoking(() => Read(new PrefetchingLoader<Sample, Numbers>(collating, Options(3)).Epoch(2)))
            .Should().Throw<LoaderException>().WithMessage("Batch 3 of epoch 2: sizes differ").WithInnerException<ArgumentException>();
        (collating.Living, Tensor.TotalCount).Should().Be((0, before));
    }

    [Test]
    public void Refuses_impossible_numbers_at_once()
    {
        var source = new Source { Count = 10 };
        PrefetchingLoader<Sample, Numbers> With(Action<LoaderOptions>? change = null) => new(source, Options(1, change));
        FluentActions.Invoking(() => With(o => o.BatchSize = 0))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("BatchSize");
        FluentActions.Invoking(() => With(o => o.Workers = 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Workers");
        FluentActions.Invoking(() => With(o => o.Prefetch = 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Prefetch");
        FluentActions.Invoking(() => With().Epoch(-1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("epoch");
        FluentActions.Invoking(() => With().Epoch(0, 3)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("firstBatch");
        FluentActions.Invoking(() => new PrefetchingLoader<Sample, Numbers>(new Source { Count = 0 }, Options(1)))
            .Should().Throw<ArgumentException>();
    }
}
