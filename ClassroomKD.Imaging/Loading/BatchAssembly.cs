using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace ClassroomKD.Imaging;

/// <summary>A place where one batch after another is assembled, in the same memory.</summary>
internal sealed class BatchAssembly<TSample, TBatch>(
    IBatchSource<TSample, TBatch> source, LoaderOptions options, int epoch, ConcurrentDictionary<int, ImageException> skipped)
    : IDisposable
    where TBatch : IDisposable
{
    private readonly TSample?[] loaded = new TSample?[options.BatchSize];
    private readonly bool[] arrived = new bool[options.BatchSize];
    private readonly Exception?[] failures = new Exception?[options.BatchSize];
    private readonly List<TSample> samples = new(options.BatchSize);
    private ReadOnlyMemory<long> indices;
    private int number;
    private int missing;
    private TBatch? batch;
    private bool made;

    /// <summary>Whether the batch is made or has failed; set and read under the crew's lock.</summary>
    public bool Done { get; set; }

    /// <summary>Starts a batch; no other thread uses this place meanwhile.</summary>
    public void Begin(int batchNumber, ReadOnlyMemory<long> batchIndices)
    {
        (number, indices, missing, made, Done) = (batchNumber, batchIndices, batchIndices.Length, false, batchIndices.IsEmpty);
        Array.Clear(failures);
    }

    /// <summary>Loads one sample; true if it was the batch's last.</summary>
    public bool Load(int place)
    {
        var index = (int)indices.Span[place];
        try
        {
            using var scope = torch.NewDisposeScope();
            loaded[place] = source.Load(new SampleRequest { Seed = options.Seed, Epoch = epoch, Index = index });
            arrived[place] = true;
        }
        catch (ImageException broken) when (options.Broken == BrokenSamples.Skip)
        {
            skipped.TryAdd(index, broken);
        }
        catch (ImageException broken)
        {
            failures[place] = broken;
        }
        catch (Exception cause)
        {
            failures[place] = new LoaderException($"{Named(index)} (sample {index}): {cause.Message}", cause);
        }
        return Interlocked.Decrement(ref missing) == 0;
    }

    /// <summary>Makes the batch from the loaded samples, unless one failed.</summary>
    public void Collate()
    {
        try
        {
            if (Array.Exists(failures, failure => failure is not null))
                return;
            for (var place = 0; place < indices.Length; place++)
                if (arrived[place])
                    samples.Add(loaded[place]!);
            if (samples.Count == 0)
                return;
            using var scope = torch.NewDisposeScope();
            batch = source.Collate(samples, new BatchRequest { Seed = options.Seed, Epoch = epoch, Batch = number });
            made = true;
        }
        catch (Exception cause)
        {
            failures[0] = new LoaderException($"Batch {number} of epoch {epoch}: {cause.Message}", cause);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Throws the exception of the first sample that failed.</summary>
    public void ThrowIfFailed()
    {
        if (Array.Find(failures, failure => failure is not null) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Returns the batch; false if all its samples were left out.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TBatch taken)
    {
        (taken, var had) = (batch, made);
        (batch, made) = (default, false);
        return had;
    }

    /// <summary>Releases what was not taken; no thread uses this place anymore.</summary>
    public void Dispose()
    {
        Release();
        if (TryTake(out var left))
            left.Dispose();
    }

    private string Named(int index)
    {
        try
        {
            return source.Describe(index);
        }
        catch (Exception)
        {
            return "a sample without a name";
        }
    }

    private void Release()
    {
        samples.Clear();
        for (var place = 0; place < loaded.Length; place++)
        {
            if (arrived[place])
                (loaded[place] as IDisposable)?.Dispose();
            (loaded[place], arrived[place]) = (default, false);
        }
    }
}
