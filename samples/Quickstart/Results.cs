namespace Quickstart;

/// <summary>How often and how softly a mentor taught, over all seeds of the classroom run.</summary>
internal sealed record MentorResult(string Name, long Parameters, double Accuracy, double TaughtShare, double MeanWeight, double MeanTemperature);

/// <summary>One way of training the student, over all seeds.</summary>
/// <param name="Name">The way.</param>
/// <param name="Accuracies">The test accuracy after the last epoch, per seed.</param>
/// <param name="Curve">The test accuracy after each epoch, mean over the seeds.</param>
internal sealed record StudentResult(string Name, IReadOnlyList<double> Accuracies, IReadOnlyList<double> Curve)
{
    public double Mean => Accuracies.Average();

    /// <summary>The standard deviation over the seeds (n - 1); 0 for one seed.</summary>
    public double Spread => Accuracies.Count < 2 ? 0 : Math.Sqrt(Accuracies.Sum(value => (value - Mean) * (value - Mean)) / (Accuracies.Count - 1));
}

/// <summary>Everything that the last table, the plot and the JSON line show.</summary>
internal sealed record StudyResult(
    string Data, int TrainingImages, int TestImages, int Epochs, int Steps, long StudentParameters,
    IReadOnlyList<MentorResult> Mentors, IReadOnlyList<StudentResult> Students, double Seconds);
