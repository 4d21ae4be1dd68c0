using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Tells a training to a logger.</summary>
internal sealed class TrainingLogger(string name, ILogger logger) : ITrainingObserver
{
    public void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs) =>
        Log.TrainingStarted(logger, name, epochs.Count);

    public void EpochEnded(EpochResult result) =>
        Log.EpochEnded(logger, name, result.Epoch, result.Loss, result.LearningRate, result.Validation?.Score, result.Seconds);

    public void Noticed(string message) => Log.Noticed(logger, message);

    public void Ended(TrainingResult result) => Log.TrainingEnded(logger, name, result.Epochs.Count, result.Best?.Epoch);
}
