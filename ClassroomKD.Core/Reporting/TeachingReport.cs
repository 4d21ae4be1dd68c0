namespace ClassroomKD;

/// <summary>Who taught whom, how much and how softly, over the lessons since the last report.</summary>
/// <param name="Lessons">How many lessons were given.</param>
/// <param name="Samples">How many samples counted.</param>
/// <param name="StudentPerformance">The student's mean performance, in [0, 1].</param>
/// <param name="TaskLoss">The mean of the task's part of the loss.</param>
/// <param name="Mentors">The mentors, in the classroom's order.</param>
public sealed record TeachingReport(
    long Lessons, long Samples, double StudentPerformance, double TaskLoss, IReadOnlyList<MentorReport> Mentors);

/// <summary>What one mentor did over the lessons since the last report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TaughtShare">The share of samples that it taught, in [0, 1].</param>
/// <param name="MeanWeight">Its mean weight over the samples that it taught; 0 if it taught none.</param>
/// <param name="MeanTemperature">Its mean temperature over the samples that it taught; NaN if it taught none.</param>
/// <param name="MeanPerformance">Its mean performance over all samples, in [0, 1].</param>
/// <param name="MeanLoss">Its mean part of the loss over all samples.</param>
/// <param name="NonFiniteAnswers">How many samples it answered with NaN or infinity.</param>
public sealed record MentorReport(
    string Name,
    double TaughtShare,
    double MeanWeight,
    double MeanTemperature,
    double MeanPerformance,
    double MeanLoss,
    long NonFiniteAnswers);
