namespace ClassroomKD;

/// <summary>Who taught whom, how much and how softly, over the lessons since the last report.</summary>
/// <param name="Lessons">How many lessons were given.</param>
/// <param name="Samples">How many samples counted.</param>
/// <param name="StudentPerformance">The student's mean performance, in [0, 1].</param>
/// <param name="TaskLoss">The mean of the task's part of the loss, coefficient included, over the lessons whose loss is finite.</param>
/// <param name="PlainTaskLoss">The same without the coefficient, which shrinks while the student is bad; this one falls as it
/// learns.</param>
/// <param name="NonFiniteLosses">How many lessons had a loss of NaN or infinity. They are left out of all means of losses.</param>
/// <param name="Mentors">The mentors, in the classroom's order.</param>
public sealed record TeachingReport(
    long Lessons, long Samples, double StudentPerformance, double TaskLoss, double PlainTaskLoss, long NonFiniteLosses,
    IReadOnlyList<MentorReport> Mentors)
{
    /// <summary>The mean of all mentors' parts of the loss: beside <see cref="TaskLoss"/>, the rest of what was trained on.</summary>
    public double MentorLoss => Mentors.Sum(mentor => mentor.MeanLoss);

    /// <summary>A table of the mentors, in plain text of a fixed width: how much each taught, how, and what share of the loss is its
    /// own.</summary>
    public override string ToString() => TeachingTable.Of(this);
}

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
