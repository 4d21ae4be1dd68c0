namespace ClassroomKD;

/// <summary>Writes a training as lines of JSON, one for each event: started, epoch, notice, ended. <see cref="TrainingRecord.Read"/> reads
/// them.</summary>
/// <remarks>
/// A resumed training goes on in the same file: an unfinished last line is cut off, epochs that are missing are added, and epochs that the
/// checkpoint does not know, which are trained again, are removed, so that no epoch stands in it twice. A file of another training is set
/// aside as <c>NAME.1.jsonl</c> (or the next number) when a training begins anew. Each line is on the disk when the training goes on.
/// </remarks>
public sealed class TrainingLog : ITrainingObserver
{
    private readonly string path;
    private readonly List<TrainingLogLine> early = []; // what is said before the start
    private bool started;

    /// <summary>A log in a file, which is made when the training starts.</summary>
    /// <param name="path">The file, usually <c>.jsonl</c>; its folder is made if it does not exist.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public TrainingLog(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        this.path = Path.GetFullPath(path);
        Name = Path.GetFileNameWithoutExtension(path);
    }

    /// <summary>What reports call the training, such as "in the classroom".</summary>
    /// <value>Default: the file's name.</value>
    public string Name { get; init; }

    /// <summary>Quality and cost of the mentors, written with the start.</summary>
    /// <value>Default empty: unknown.</value>
    public IReadOnlyList<MentorFacts> Mentors { get; init; } = [];

    /// <summary>The names of the classes, or of what else the task's reports tell apart (<see cref="TeachingReport.Groups"/>), written with
    /// the start.</summary>
    /// <value>Default empty: reports call them by their numbers.</value>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file exists and is no log of a training.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        FileAccessErrors.CreateFolder(Path.GetDirectoryName(path)!, $"of the training's log {Path.GetFileName(path)}");
        var before = File.Exists(path) ? TrainingLogFile.Read(path) : [];
        if (epochs.Count == 0 && !IsSame(before, fingerprint))
        {
            SetAside();
            before = [];
        }

        var known = epochs.Select(epoch => epoch.Epoch).ToHashSet();
        var written = before.Select(line => line.Result?.Epoch).OfType<int>().ToHashSet();
        TrainingLogFile.Replace(
            path,
            [
                .. before.Where(line => line.Event != TrainingLogLine.Ended && (line.Result is null || known.Contains(line.Result.Epoch))),
                new TrainingLogLine(TrainingLogLine.Started, DateTimeOffset.UtcNow)
                {
                    Version = TrainingLogFile.Version, Name = Name, Fingerprint = fingerprint, Versions = TrainingVersions.Current(),
                    Mentors = Mentors.Count > 0 ? Mentors : null, GroupNames = GroupNames.Count > 0 ? GroupNames : null,
                },
                .. early,
                .. epochs.Where(epoch => !written.Contains(epoch.Epoch)).Select(Line),
            ]);
        early.Clear();
        started = true;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void EpochEnded(EpochResult result) => Write(Line(result));

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Noticed(string message) => Write(new(TrainingLogLine.Noticed, DateTimeOffset.UtcNow) { Message = message });

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Ended(TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Write(new(TrainingLogLine.Ended, DateTimeOffset.UtcNow) { StoppedEarly = result.StoppedEarly });
        started = false;
    }

    private static TrainingLogLine Line(EpochResult result) => new(TrainingLogLine.EpochEnded, DateTimeOffset.UtcNow) { Result = result };

    private static bool IsSame(List<TrainingLogLine> before, IReadOnlyDictionary<string, string> fingerprint) =>
        before.FindLast(line => line.Fingerprint is not null)?.Fingerprint is not { } last
        || last.Count == fingerprint.Count && last.All(entry => fingerprint.TryGetValue(entry.Key, out var value) && value == entry.Value);

    private void Write(TrainingLogLine line)
    {
        if (started)
            TrainingLogFile.Append(path, [line]);
        else
            early.Add(line);
    }

    private void SetAside()
    {
        string Numbered(int number) => Path.ChangeExtension(path, $".{number}{Path.GetExtension(path)}");
        var free = Enumerable.Range(1, int.MaxValue).First(number => !File.Exists(Numbered(number)));
        FileAccessErrors.AsIO(path, () => File.Move(path, Numbered(free)));
    }
}
