namespace ClassroomKD;

/// <summary>Where a training stands; sent to <see cref="IProgress{T}"/> after each step. Reading it never waits for the device.</summary>
/// <param name="Epoch">The epoch under way, from 0.</param>
/// <param name="Batch">How many of its batches are done.</param>
/// <param name="Step">How many steps are done in all.</param>
/// <param name="Steps">How many there are if the training does not end early.</param>
public readonly record struct TrainingProgress(int Epoch, int Batch, long Step, long Steps);

/// <summary>What a validation found.</summary>
/// <param name="Score">By which epochs are compared; the higher the better.</param>
/// <param name="Figures">What else reports show, by name.</param>
public sealed record ValidationResult(double Score, IReadOnlyDictionary<string, double>? Figures = null);

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Its number, from 0.</param>
/// <param name="Steps">How many steps the training has done.</param>
/// <param name="Loss">The mean of the loss that was trained on.</param>
/// <param name="LearningRate">The rate of its last step.</param>
/// <param name="Seconds">How long it took, without what a resumed training did before.</param>
/// <param name="Validation">What validation found; null: there was none.</param>
/// <param name="Teaching">Who taught whom; null without a classroom.</param>
public sealed record EpochResult(
    int Epoch,
    long Steps,
    double Loss,
    double LearningRate,
    double Seconds,
    ValidationResult? Validation,
    TeachingReport? Teaching
);

/// <summary>What a whole training gave.</summary>
/// <param name="Epochs">Its epochs, those before a resumption included.</param>
/// <param name="Best">The epoch with the best score; null without validation.</param>
/// <param name="StoppedEarly">Whether patience ended it.</param>
public sealed record TrainingResult(IReadOnlyList<EpochResult> Epochs, EpochResult? Best, bool StoppedEarly);

/// <summary>Watches a training: writes logs, curves, reports. All members are called on the training thread, and do nothing by
/// default.</summary>
public interface ITrainingObserver
{
    /// <summary>The training begins, or goes on.</summary>
    /// <param name="fingerprint">What it is made of: options, data, mentors.</param>
    /// <param name="epochs">The epochs done before, if it was resumed.</param>
    void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs) { }

    /// <summary>A step is done. The lesson's tensors are on the device and valid during the call; reading one waits for the
    /// device.</summary>
    /// <param name="progress">Where the training stands.</param>
    /// <param name="lesson">What the classroom gave; null without one.</param>
    void Stepped(in TrainingProgress progress, Lesson? lesson) { }

    /// <summary>An epoch is done.</summary>
    /// <param name="result">What it gave.</param>
    void EpochEnded(EpochResult result) { }

    /// <summary>Something happened that whoever trains should know, such as a damaged checkpoint.</summary>
    /// <param name="message">One sentence, with what to do.</param>
    void Noticed(string message) { }

    /// <summary>The training is done.</summary>
    /// <param name="result">What it gave.</param>
    void Ended(TrainingResult result) { }
}
