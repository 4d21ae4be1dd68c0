using TorchSharp.Modules;

namespace ClassroomKD.Distributed;

/// <summary>The gradients of a network in flat buckets, each averaged over all processes by one call.</summary>
/// <remarks>
/// The average is weighted by the number of samples that count, which may differ from rank to rank, so that it is the gradient of the mean
/// loss over the whole batch. While a bucket is under way the next is packed. Parameters that are frozen when the buckets are made are left
/// out. A parameter without a gradient counts as 0 if another rank has one, and stays without where none has.
/// </remarks>
public sealed class GradientBuckets : IDisposable
{
    /// <summary>The size of a bucket: as in PyTorch's DistributedDataParallel.</summary>
    public const long DefaultBytes = 25 << 20;

    private readonly Parameter[] parameters;
    private readonly Bucket[] buckets;

    /// <summary>Buckets for the parameters of a network that are trained.</summary>
    /// <param name="module">The network, on its device; neither owned nor changed.</param>
    /// <param name="bytes">The most bytes of a bucket, unless a single parameter has more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is below 1.</exception>
    public GradientBuckets(nn.Module module, long bytes = DefaultBytes)
        : this((module ?? throw new ArgumentNullException(nameof(module))).parameters(), bytes)
    {
    }

    internal GradientBuckets(IEnumerable<Parameter> parameters, long bytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        this.parameters = [.. parameters.Where(parameter => parameter.requires_grad)];
        buckets = [.. Divided(this.parameters, bytes).Select(range => new Bucket(this.parameters, range.First, range.Count))];
    }

    /// <summary>The number of buckets: of calls that an average takes.</summary>
    public int Count => buckets.Length;

    /// <summary>Averages the gradients of a lesson, of which <c>backward()</c> was called.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="lesson">What this rank learned from; it knows how many samples count.</param>
    /// <returns>The mean loss over the whole batch, float64 <c>[]</c>, detached, in the caller's dispose scope.</returns>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public Tensor AllReduce(IProcessGroup group, Lesson lesson)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        return AllReduce(group, lesson.Loss, lesson.SampleCount);
    }

    /// <summary>Averages the gradients of a mean loss, of which <c>backward()</c> was called.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="loss">The mean loss <c>[]</c> over the samples of this rank that count.</param>
    /// <param name="samples">How many these are, <c>[]</c> on the same device.</param>
    /// <returns>The mean loss over the whole batch, float64 <c>[]</c>, detached, in the caller's dispose scope.</returns>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public Tensor AllReduce(IProcessGroup group, Tensor loss, Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(samples);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var own = loss.detach().to_type(ScalarType.Float64);
        if (group.Size == 1)
            return own.MoveToOuterDisposeScope();

        var present = Present(group);
        var weight = samples.to_type(ScalarType.Float64);
        // A part without samples may have a loss that is no number.
        var totals = stack([weight, own.mul(weight).masked_fill(weight.eq(Scalars.Zero), Scalars.Zero)]);
        var pending = group.BeginAllReduce(totals);
        var sums = Array.ConvertAll(buckets, bucket => bucket.BeginSum(group, weight));
        pending.Wait();
        var all = totals.select(0, 0).clamp_min(Scalars.One);
        for (var i = 0; i < buckets.Length; i++)
        {
            sums[i].Wait();
            buckets[i].Return(all, present);
        }

        return totals.select(0, 1).div(all).MoveToOuterDisposeScope();
    }

    /// <summary>Releases the buckets.</summary>
    public void Dispose() => Array.ForEach(buckets, bucket => bucket.Dispose());

    // Which parameters have a gradient on some rank: known to the hosts, so that no device is waited for.
    private bool[] Present(IProcessGroup group)
    {
        var present = tensor(Array.ConvertAll(parameters, parameter => parameter.grad is null ? 0L : 1L));
        group.AllReduce(present, ReduceOperation.Max);
        return Array.ConvertAll(HostNumbers.Of(present), number => number != 0);
    }

    // Neighbors of one type on one device.
    private static IEnumerable<(int First, int Count)> Divided(Parameter[] parameters, long most)
    {
        var (first, bytes) = (0, 0L);
        for (var i = 0; i < parameters.Length; i++)
        {
            var size = parameters[i].numel() * parameters[i].element_size();
            if (i > first && (bytes + size > most || !AreAlike(parameters[i], parameters[first])))
            {
                yield return (first, i - first);
                (first, bytes) = (i, 0);
            }

            bytes += size;
        }

        if (parameters.Length > first)
            yield return (first, parameters.Length - first);
    }

    private static bool AreAlike(Tensor a, Tensor b) =>
        a.dtype == b.dtype && a.device_type == b.device_type && a.device_index == b.device_index;
}
