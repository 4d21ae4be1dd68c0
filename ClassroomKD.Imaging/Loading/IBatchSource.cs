namespace ClassroomKD.Imaging;

/// <summary>What a <see cref="PrefetchingLoader{TSample, TBatch}"/> loads: samples one by one, made into batches.</summary>
/// <typeparam name="TSample">One decoded sample. If it is disposable, the loader disposes it once its batch is made.</typeparam>
/// <typeparam name="TBatch">A batch. The loader disposes it when the next one is drawn.</typeparam>
/// <remarks>
/// Called by several threads at once, so reading must need no lock. What a call gives may depend on nothing but the request, or batches depend
/// on the number of workers. An <see cref="ImageException"/> says that the sample is broken; anything else ends the epoch.
/// </remarks>
public interface IBatchSource<TSample, TBatch>
    where TBatch : IDisposable
{
    /// <summary>The number of samples, at least 1.</summary>
    int Count { get; }

    /// <summary>What exceptions call a sample: its file.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    string Describe(int index);

    /// <summary>Reads and decodes a sample, and does what is random about it. Best without any tensor.</summary>
    /// <param name="request">Which one.</param>
    /// <exception cref="ImageException">The sample is broken.</exception>
    TSample Load(in SampleRequest request);

    /// <summary>Makes a batch, within a dispose scope of the thread.</summary>
    /// <param name="samples">The samples in the order of the epoch; at least one; valid only during the call.</param>
    /// <param name="request">Which batch it is.</param>
    /// <returns>A batch whose tensors are detached from the scope (<c>DetachFromDisposeScope</c>).</returns>
    TBatch Collate(IReadOnlyList<TSample> samples, in BatchRequest request);
}
