using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ClassroomKD.Imaging;

/// <summary>The threads that load one epoch. Each claims the next sample, and the one that completes a batch collates it.</summary>
internal sealed class LoadingCrew<TSample, TBatch> : IDisposable
    where TBatch : IDisposable
{
    private readonly object gate = new();
    private readonly BatchAssembly<TSample, TBatch>[] ring;
    private readonly long[] order;
    private readonly Thread[] workers;
    private readonly BatchPart part;
    private readonly int batchSize;
    private readonly int lastBatch;
    private long nextPosition;
    private int nextBatch;
    private bool stopped;

    public LoadingCrew(
        IBatchSource<TSample, TBatch> source, LoaderOptions options, int epoch, int firstBatch, int batches,
        ConcurrentDictionary<int, ImageException> skipped)
    {
        order = new long[source.Count];
        if (options.Shuffle)
            EpochOrder.Shuffle(order, options.Seed, epoch);
        else
            EpochOrder.Ascend(order);
        (batchSize, part) = (options.BatchSize, options.Part);
        (nextBatch, lastBatch) = (firstBatch, batches);
        nextPosition = (long)firstBatch * batchSize;
        ring = new BatchAssembly<TSample, TBatch>[options.Prefetch];
        for (var slot = 0; slot < ring.Length; slot++)
            ring[slot] = new BatchAssembly<TSample, TBatch>(source, options, epoch, skipped);
        for (var batch = firstBatch; batch < Math.Min(lastBatch, firstBatch + ring.Length); batch++)
            Prepare(batch);
        workers = new Thread[firstBatch < lastBatch ? options.Workers : 0];
        for (var worker = 0; worker < workers.Length; worker++)
        {
            workers[worker] = new Thread(Work) { IsBackground = true, Name = $"ClassroomKD loader {worker}" };
            workers[worker].Start();
        }
    }

    /// <summary>Waits for the next batch; false at the end of the epoch or after <see cref="Stop"/>.</summary>
    public bool TakeNext([MaybeNullWhen(false)] out TBatch batch)
    {
        lock (gate)
        {
            while (nextBatch < lastBatch && !stopped)
            {
                var assembly = ring[nextBatch % ring.Length];
                if (!assembly.Done)
                {
                    Monitor.Wait(gate);
                    continue;
                }
                assembly.ThrowIfFailed();
                var any = assembly.TryTake(out var taken);
                if (nextBatch + ring.Length < lastBatch)
                    Prepare(nextBatch + ring.Length);
                nextBatch++;
                Monitor.PulseAll(gate);
                if (any)
                {
                    batch = taken!;
                    return true;
                }
            }
        }
        batch = default;
        return false;
    }

    /// <summary>Ends the workers after their current samples, and the consumer.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Dispose()
    {
        Stop();
        foreach (var worker in workers)
            worker.Join();
        foreach (var assembly in ring)
            assembly.Dispose();
    }

    private void Prepare(int batch)
    {
        var (first, count) = Samples(batch);
        ring[batch % ring.Length].Begin(batch, order.AsMemory(first, count));
    }

    // Where the samples of a batch that are loaded lie in the order.
    private (int First, int Count) Samples(int batch)
    {
        var start = (long)batch * batchSize;
        var (first, count) = part.Of((int)Math.Min(batchSize, order.Length - start));
        return ((int)start + first, count);
    }

    private void Work()
    {
        while (TryClaim(out var assembly, out var place))
        {
            if (!assembly.Load(place))
                continue;
            assembly.Collate();
            lock (gate)
            {
                assembly.Done = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    private bool TryClaim([MaybeNullWhen(false)] out BatchAssembly<TSample, TBatch> assembly, out int place)
    {
        lock (gate)
        {
            while (!stopped && nextPosition < Math.Min((long)lastBatch * batchSize, order.Length))
            {
                var batch = (int)(nextPosition / batchSize);
                if (batch < nextBatch + ring.Length)
                {
                    var (first, count) = Samples(batch);
                    place = (int)(nextPosition++ - first);
                    if (place < 0 || place >= count)
                        continue;
                    assembly = ring[batch % ring.Length];
                    return true;
                }
                Monitor.Wait(gate);
            }
        }
        (assembly, place) = (null, 0);
        return false;
    }
}
