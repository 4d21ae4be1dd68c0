using TorchSharp.Modules;

namespace ClassroomKD.Distributed;

/// <summary>Lets a trainer, a classroom or an exam share its work among the processes of a group.</summary>
/// <remarks>Set it as <see cref="Trainer{TAnswer, TTarget}.Parallel"/>; your own loop sets
/// <see cref="Classroom{TAnswer, TTarget}.Parallel"/>. It keeps buckets for gradients, which <see cref="Dispose"/> releases.</remarks>
/// <param name="group">The processes; not disposed.</param>
/// <param name="bucketBytes">The most bytes of a bucket of gradients.</param>
public sealed class DataParallel(IProcessGroup group, long bucketBytes = GradientBuckets.DefaultBytes) : IDataParallel, IDisposable
{
    private readonly IProcessGroup group = group ?? throw new ArgumentNullException(nameof(group));
    private GradientBuckets? buckets;
    private IReadOnlyList<Parameter>? bucketed;

    /// <inheritdoc/>
    public int Rank => group.Rank;

    /// <inheritdoc/>
    public int Size => group.Size;

    /// <inheritdoc/>
    public void Sum(Tensor tensor) => group.AllReduce(tensor);

    /// <inheritdoc/>
    public void Broadcast(Tensor tensor) => group.Broadcast(tensor);

    /// <inheritdoc/>
    public string Broadcast(string text) => group.BroadcastText(text);

    /// <inheritdoc/>
    /// <exception cref="DistributedException">On every rank: some differ; the message names entries, ranks and texts.</exception>
    public void RequireSame(string what, IReadOnlyDictionary<string, string> entries) => group.RequireSame(what, entries);

    /// <inheritdoc/>
    public Tensor AverageGradients(IReadOnlyList<Parameter> parameters, Tensor loss, Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!ReferenceEquals(parameters, bucketed))
        {
            buckets?.Dispose();
            (buckets, bucketed) = (new GradientBuckets(parameters, bucketBytes), parameters);
        }

        return buckets!.AllReduce(group, loss, samples);
    }

    /// <inheritdoc/>
    public void Abort(Exception cause) => group.Abort(cause);

    /// <summary>Releases the buckets.</summary>
    public void Dispose()
    {
        buckets?.Dispose();
        (buckets, bucketed) = (null, null);
    }
}
