using ClassroomKD;
using Microsoft.Extensions.Logging;

/// <summary>Says after each epoch how a training goes.</summary>
internal sealed class EpochLogger(string name, ILogger logger) : ITrainingObserver
{
    public void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs) =>
        logger.LogInformation("{Name}: {Epochs} epochs done before", name, epochs.Count);

    public void EpochEnded(EpochResult result) => logger.LogInformation(
        "{Name}, epoch {Epoch}: loss {Loss:F3}, accuracy {Accuracy:P1}, {Seconds:F0} s",
        name, result.Epoch + 1, result.Loss, result.Validation?.Score, result.Seconds);
}
