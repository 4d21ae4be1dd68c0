namespace ClassroomKD;

/// <summary>The recorded epochs of a data set, again and again.</summary>
internal sealed class ReplayedData<TTarget>(ITrainingData<TTarget> data, string digest, int variants) : ITrainingData<TTarget>
{
    public int BatchesPerEpoch => data.BatchesPerEpoch;

    public IReadOnlyDictionary<string, string> Fingerprint =>
        new Dictionary<string, string>(data.Fingerprint) { ["variants"] = $"{variants}" };

    public ITrainingData<TTarget> Part(BatchPart part) => new ReplayedData<TTarget>(data.Part(part), digest, variants);

    public IEnumerable<TrainingBatch<TTarget>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
    {
        var variant = new RecordedVariant(digest, epoch % variants);
        return data.Epoch(variant.Number, firstBatch, cancellation).Select(batch => batch with { Variant = variant });
    }
}
