using ClassroomKD;

namespace Samples;

/// <summary>What a study found.</summary>
internal sealed record StudyResult(
    int Epochs, long Steps, long StudentParameters, IReadOnlyList<MentorResult> Mentors, IReadOnlyList<StudentResult> Students,
    double Seconds);

/// <summary>A mentor and its teaching over all epochs and seeds of the last way.</summary>
internal sealed record MentorResult(
    string Name, long Parameters, ValidationResult Exam, double TaughtShare, double MeanWeight, double MeanTemperature)
{
    /// <param name="facts">The mentor.</param>
    /// <param name="exam">How well it does itself.</param>
    /// <param name="lessons">The epochs in which it taught.</param>
    public static MentorResult Of(MentorFacts facts, ValidationResult exam, IEnumerable<EpochResult> lessons)
    {
        var reports = lessons.Select(epoch => epoch.Teaching!).Select(teaching =>
            (teaching.Samples, Mentor: teaching.Mentors.Single(mentor => mentor.Name == facts.Name))).ToList();
        var taught = reports.Sum(report => report.Samples * report.Mentor.TaughtShare);
        // A mean temperature over no sample is NaN, which JSON does not have.
        double WhereTaught(Func<MentorReport, double> figure) => taught == 0 ? 0 : reports.Where(report => report.Mentor.TaughtShare > 0)
            .Sum(report => report.Samples * report.Mentor.TaughtShare * figure(report.Mentor)) / taught;
        return new MentorResult(
            facts.Name, facts.Parameters!.Value, exam, taught / reports.Sum(report => report.Samples),
            WhereTaught(mentor => mentor.MeanWeight), WhereTaught(mentor => mentor.MeanTemperature));
    }
}

/// <summary>The student trained in one way.</summary>
/// <param name="Name">The way.</param>
/// <param name="Trainings">One for each seed.</param>
internal sealed record StudentResult(string Name, List<TrainingResult> Trainings)
{
    /// <summary>A figure of the validation after the last epoch, for each seed.</summary>
    public IEnumerable<double> PerSeed(string figure) => Trainings.Select(training => training.Epochs[^1].Validation!.Figures![figure]);

    /// <summary>The mean over the seeds.</summary>
    public double Mean(string figure) => PerSeed(figure).Average();

    /// <summary>The standard deviation over the seeds (n - 1); 0 for one seed.</summary>
    public double Spread(string figure) =>
        Trainings.Count < 2 ? 0 : Math.Sqrt(PerSeed(figure).Sum(x => Math.Pow(x - Mean(figure), 2)) / (Trainings.Count - 1));
}
