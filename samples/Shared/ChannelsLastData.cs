using ClassroomKD;
using ClassroomKD.Networks;

namespace Samples;

/// <summary>The same batches with the channels innermost, in which convolutions on the CPU are faster.</summary>
internal sealed class ChannelsLastData<TTarget>(ITrainingData<TTarget> data) : ITrainingData<TTarget>
{
    public int BatchesPerEpoch => data.BatchesPerEpoch;

    public IReadOnlyDictionary<string, string> Fingerprint => data.Fingerprint;

    public IEnumerable<TrainingBatch<TTarget>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
    {
        foreach (var batch in data.Epoch(epoch, firstBatch, cancellation))
        {
            using var input = MemoryOrder.ChannelsLast(batch.Input);
            yield return batch with { Input = input };
        }
    }
}
