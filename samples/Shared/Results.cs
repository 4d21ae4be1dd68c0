using ClassroomKD;

namespace Samples;

/// <summary>What a study found.</summary>
internal sealed record StudyResult<TMark>(
    int Epochs, int Steps, long StudentParameters, IReadOnlyList<MentorResult<TMark>> Mentors, IReadOnlyList<StudentResult<TMark>> Students,
    double Seconds);

/// <summary>A mentor and its teaching over all seeds of the last way.</summary>
internal sealed record MentorResult<TMark>(string Name, long Parameters, TMark Mark, MentorReport Teaching)
{
    /// <summary>The mean temperature, or 0 if the mentor never taught: JSON has no NaN.</summary>
    public double MeanTemperature => double.IsNaN(Teaching.MeanTemperature) ? 0 : Teaching.MeanTemperature;
}

/// <summary>The student trained in one way.</summary>
/// <param name="Name">The way.</param>
/// <param name="Curves">For each seed the marks, the last after the last epoch.</param>
internal sealed record StudentResult<TMark>(string Name, List<IReadOnlyList<TMark>> Curves)
{
    /// <summary>The mark after the last epoch, for each seed.</summary>
    public IEnumerable<TMark> PerSeed => Curves.Select(curve => curve[^1]);

    /// <summary>The mean over the seeds.</summary>
    public double Mean(Func<TMark, double> figure) => PerSeed.Average(figure);

    /// <summary>The standard deviation over the seeds (n - 1); 0 for one seed.</summary>
    public double Spread(Func<TMark, double> figure) =>
        Curves.Count < 2 ? 0 : Math.Sqrt(PerSeed.Sum(mark => Math.Pow(figure(mark) - Mean(figure), 2)) / (Curves.Count - 1));
}
