namespace ClassroomKD.Imaging;

/// <summary>Loads the samples of a <see cref="PrefetchingLoader{TSample, TBatch}"/> and makes batches of them.</summary>
/// <typeparam name="TSample">A decoded sample. If it is disposable, the loader disposes it once its batch is made.</typeparam>
/// <typeparam name="TBatch">A batch. The loader disposes it when the next one is drawn.</typeparam>
/// <remarks>
/// Several threads call it at once. Results must depend on the request alone, or batches would depend on the number of workers. An
/// <see cref="ImageException"/> marks the sample as broken; any other exception ends the epoch.
/// </remarks>
public interface IBatchSource<TSample, TBatch>
    where TBatch : IDisposable
{
    /// <summary>The number of samples, at least 1.</summary>
    int Count { get; }

    /// <summary>The sample's name in exceptions, such as its file.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    string Describe(int index);

    /// <summary>Reads, decodes and randomly changes a sample, preferably without tensors.</summary>
    /// <param name="request">The sample.</param>
    /// <exception cref="ImageException">The sample is broken.</exception>
    TSample Load(in SampleRequest request);

    /// <summary>Makes a batch, within a dispose scope of the thread.</summary>
    /// <param name="samples">At least one sample, in the order of the epoch; valid only during the call.</param>
    /// <param name="request">The batch.</param>
    /// <returns>A batch whose tensors are detached from the scope (<c>DetachFromDisposeScope</c>).</returns>
    TBatch Collate(IReadOnlyList<TSample> samples, in BatchRequest request);
}
