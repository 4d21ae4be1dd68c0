namespace ClassroomKD;

/// <summary>What one mentor did over the lessons since the last report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TaughtShare">The share of samples that it taught, in [0, 1].</param>
/// <param name="MeanWeight">Its mean weight over the samples that it taught; 0 if it taught none.</param>
/// <param name="MeanTemperature">Its mean temperature over the samples that it taught; NaN if it taught none.</param>
/// <param name="MeanPerformance">Its mean performance over all samples, in [0, 1].</param>
/// <param name="MeanLoss">Its mean part of the loss over all samples of the lessons whose loss is finite.</param>
/// <param name="NonFiniteAnswers">How many samples it answered with NaN or infinity.</param>
/// <param name="EligibleShare">The share of samples that it could have taught, in [0, 1]: it answered with numbers and knows the true
/// class.</param>
/// <param name="MeanGap">How much better than the student it did, on the mean over the samples that it taught; NaN if it taught
/// none.</param>
/// <param name="Agreement"> How far the student's predictions are its own, on the mean over the samples that it could have taught, in [0,
/// 1]. NaN if there are none, or if the task does not say.
/// </param>
/// <param name="StudentAheadShare"> The share, of the samples that it could have taught, on which the student's performance was above its
/// own, in [0, 1]; NaN if there are none.
/// </param>
public sealed record MentorReport(
    string Name,
    double TaughtShare,
    double MeanWeight,
    double MeanTemperature,
    double MeanPerformance,
    double MeanLoss,
    long NonFiniteAnswers,
    double EligibleShare,
    double MeanGap,
    double Agreement,
    double StudentAheadShare);
