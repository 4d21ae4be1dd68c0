namespace ClassroomKD.Reports;

/// <summary>The trainings of a report, and what all parts of it need to know about them.</summary>
internal sealed class Study
{
    private readonly List<string> mentors;
    private readonly bool scoreInPercent;

    public Study(IReadOnlyList<TrainingRecord> runs, string scoreName)
    {
        (Runs, ScoreName) = (runs, scoreName);
        Taught = [.. runs.Where(run => run.Epochs.Any(epoch => epoch.Teaching is not null))];
        mentors = [.. runs.SelectMany(Names).Distinct()];
        Facts = runs.SelectMany(run => run.Mentors).GroupBy(facts => facts.Name).ToDictionary(facts => facts.Key, facts => facts.Last());
        var scores = runs.SelectMany(run => run.Epochs).Select(epoch => epoch.Validation?.Score).OfType<double>().ToList();
        HasScores = scores.Count > 0;
        scoreInPercent = scores.Concat(Facts.Values.Select(facts => facts.Score).OfType<double>()).All(score => score is >= 0 and <= 1);
    }

    public IReadOnlyList<TrainingRecord> Runs { get; }

    /// <summary>Those in a classroom.</summary>
    public IReadOnlyList<TrainingRecord> Taught { get; }

    /// <summary>What the others are compared with; null where there is but one.</summary>
    public TrainingRecord? Reference => Runs.Count > 1 ? Runs[0] : null;

    public IReadOnlyDictionary<string, MentorFacts> Facts { get; }

    public string ScoreName { get; }

    public bool HasScores { get; }

    public bool ScoreInPercent => HasScores && scoreInPercent;

    /// <summary>How a run is drawn in every chart.</summary>
    public int Style(TrainingRecord run) => Runs.ToList().IndexOf(run);

    /// <summary>How a mentor is drawn in every chart, unlike any run.</summary>
    public int Style(string mentor) => Runs.Count + mentors.IndexOf(mentor);

    /// <summary>How all mentors together are drawn.</summary>
    public int StyleOfAll => Runs.Count + mentors.Count;

    public string Score(double? score) => score is not { } value ? Html.Unknown : ScoreInPercent ? Html.Percent(value) : Html.Number(value);

    /// <summary>A difference of scores with its sign.</summary>
    public string Difference(double difference) =>
        ScoreInPercent ? Html.Text($"{100 * difference:+0.0;-0.0;0.0} points") : Html.Text($"{difference:+0.####;-0.####;0}");

    public static double SecondsPerEpoch(TrainingRecord run)
    {
        // The first epoch warms up; a resumed one is counted without what came before.
        var seconds = run.Epochs.Select(epoch => epoch.Seconds).Order().ToList();
        return seconds.Count == 0 ? double.NaN : seconds[seconds.Count / 2];
    }

    private static IEnumerable<string> Names(TrainingRecord run) =>
        run.Epochs.SelectMany(epoch =>
            epoch.Teaching?.Mentors.Select(mentor => mentor.Name) ?? []).Concat(run.Mentors.Select(facts => facts.Name));
}
