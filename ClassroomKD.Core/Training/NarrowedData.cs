namespace ClassroomKD;

/// <summary>Draws whole batches and gives a part of each: what works for any data whose targets are a tensor.</summary>
internal sealed class NarrowedData<TTarget>(ITrainingData<TTarget> data, BatchPart part) : ITrainingData<TTarget>
{
    public int BatchesPerEpoch => data.BatchesPerEpoch;

    public IReadOnlyDictionary<string, string> Fingerprint => data.Fingerprint;

    public IEnumerable<TrainingBatch<TTarget>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
    {
        foreach (var batch in data.Epoch(epoch, firstBatch, cancellation))
        {
            var (first, count) = part.Of((int)batch.Input.size(0));
            if (count == 0)
                continue;
            if (batch.Targets is not Tensor all)
                throw new NotSupportedException(
                    $"{data.GetType().Name} gives targets of {typeof(TTarget).Name}, which only it can divide among processes: it must " +
                    $"implement {nameof(ITrainingData<>)}.{nameof(ITrainingData<>.Part)}.");
            // Outlives the scopes of whoever draws it, until the next is drawn.
            using var input = batch.Input.narrow(0, first, count).DetachFromDisposeScope();
            using var targets = all.narrow(0, first, count).DetachFromDisposeScope();
            yield return batch with
            {
                Input = input,
                Targets = (TTarget)(object)targets,
                Samples = batch.Samples?.Skip(first).Take(count).ToArray(),
            };
        }
    }
}
