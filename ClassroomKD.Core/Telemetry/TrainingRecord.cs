namespace ClassroomKD;

/// <summary>Something that a training said.</summary>
/// <param name="Time">When.</param>
/// <param name="Message">One sentence, with what to do.</param>
public sealed record TrainingNotice(DateTimeOffset Time, string Message);

/// <summary>All that is known of one training afterwards, as a <see cref="TrainingLog"/> holds it and reports show it.</summary>
public sealed record TrainingRecord
{
    /// <summary>What reports call it, such as "in the classroom".</summary>
    public required string Name { get; init; }

    /// <summary>What its epochs gave, in their order.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>What it is made of: options, seeds, data, mentors.</summary>
    /// <value>Default empty: unknown.</value>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>The versions that it last ran with, by name.</summary>
    /// <value>Default empty: unknown.</value>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>Quality and cost of its mentors.</summary>
    /// <value>Default empty: unknown. A mentor without facts is shown without them.</value>
    public IReadOnlyList<MentorFacts> Mentors { get; init; } = [];

    /// <summary>The names of <see cref="TeachingReport.Groups"/>, such as those of the classes.</summary>
    /// <value>Default empty: groups are called by their numbers.</value>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    /// <summary>What it said.</summary>
    public IReadOnlyList<TrainingNotice> Notices { get; init; } = [];

    /// <summary>When it was begun and, each time, resumed.</summary>
    public IReadOnlyList<DateTimeOffset> Starts { get; init; } = [];

    /// <summary>Whether it ended, by its last epoch or by patience.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether patience ended it.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>The epoch with the best score; null without validation.</summary>
    public EpochResult? Best => Epochs.Where(epoch => epoch.Validation is not null).MaxBy(epoch => epoch.Validation!.Score);

    /// <summary>Whether a mentor's answers came from a recording (<see cref="RecordedLessons"/>), so that its model cost the training no
    /// time.</summary>
    /// <param name="mentor">The mentor's name.</param>
    /// <returns>False also where <see cref="Fingerprint"/> does not tell.</returns>
    public bool IsRecorded(string mentor) =>
        Fingerprint.GetValueOrDefault($"mentor.{mentor}")?.Contains(RecordedAnswers.Mark, StringComparison.Ordinal) == true;

    /// <summary>A record of a training that wrote no log.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="result">What <see cref="Trainer{TAnswer, TTarget}.Run"/> gave.</param>
    /// <returns>The record.</returns>
    public static TrainingRecord Of(string name, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new TrainingRecord { Name = name, Epochs = result.Epochs, Ended = true, StoppedEarly = result.StoppedEarly };
    }

    /// <summary>Reads the file of a <see cref="TrainingLog"/>, also of a training that is under way or was killed: an unfinished last line
    /// is left out.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="InvalidDataException">A line is not one of a training's log; the message names file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingRecord Read(string path)
    {
        var lines = TrainingLogFile.Read(path);
        var starts = lines.Where(line => line.Event == TrainingLogLine.Started).ToList();
        if (starts.Count == 0)
            throw new InvalidDataException($"{path} does not say that a training started, so it is no log of a TrainingLog.");
        var ends = lines.Where(line => line.Event == TrainingLogLine.Ended).ToList();
        return new TrainingRecord
        {
            Name = starts[^1].Name ?? Path.GetFileNameWithoutExtension(path),
            Epochs = [.. lines.Select(line => line.Result).OfType<EpochResult>().OrderBy(result => result.Epoch)],
            Fingerprint = starts[^1].Fingerprint ?? new Dictionary<string, string>(),
            Versions = starts[^1].Versions ?? new Dictionary<string, string>(),
            Mentors = starts[^1].Mentors ?? [],
            GroupNames = starts[^1].GroupNames ?? [],
            Notices = [.. lines.Where(line => line.Message is not null).Select(line => new TrainingNotice(line.Time, line.Message!))],
            Starts = [.. starts.Select(line => line.Time)],
            Ended = ends.Count > 0,
            StoppedEarly = ends.Count > 0 && ends[^1].StoppedEarly == true,
        };
    }
}
