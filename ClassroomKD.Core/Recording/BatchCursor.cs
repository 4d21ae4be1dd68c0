namespace ClassroomKD;

/// <summary>Draws the batches of one file after the other, without beginning the epoch anew where one follows the other.</summary>
internal sealed class BatchCursor<TTarget>(ITrainingData<TTarget> data, CancellationToken cancellation) : IDisposable
{
    private IEnumerator<TrainingBatch<TTarget>>? batches;
    private (int Variant, int Batch) next;
    private bool pending; // the current batch belongs to a later file

    /// <summary>The batches of a file; those left out by the data are not among them.</summary>
    public IEnumerable<TrainingBatch<TTarget>> Of(Shard shard)
    {
        if (batches is null || next != (shard.Variant, shard.First))
        {
            Dispose();
            batches = data.Epoch(shard.Variant, shard.First, cancellation).GetEnumerator();
        }

        var last = shard.First - 1;
        while (last + 1 < shard.End && (pending || batches.MoveNext()))
        {
            pending = batches.Current.Number >= shard.End;
            if (pending)
                break;
            last = batches.Current.Number;
            cancellation.ThrowIfCancellationRequested();
            yield return batches.Current;
        }

        next = (shard.Variant, shard.End);
    }

    public void Dispose()
    {
        batches?.Dispose();
        (batches, pending) = (null, false);
    }
}
