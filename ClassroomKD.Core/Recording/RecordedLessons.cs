namespace ClassroomKD;

/// <summary>Mentors' answers on the disk, so that a student is trained with no mentor in memory.</summary>
/// <remarks>
/// Mentors are frozen, and a batch of <see cref="ITrainingData{TTarget}"/> is a function of its epoch and number; so the answers to the
/// epochs 0 to K - 1 are recorded once, and training goes through these epochs again and again. What is kept are raw answers: who
/// teaches, and at which temperature, is decided while training as it is with the mentors themselves. The files are safetensors, one
/// folder for each mentor, and state whose answers they hold to what. A folder of recordings may be copied and moved.
/// </remarks>
public sealed class RecordedLessons
{
    private readonly string folder;
    private readonly IReadOnlyList<RecordingHeader> headers;
    private readonly string data;

    private RecordedLessons(string folder, IReadOnlyList<RecordingHeader> headers)
    {
        (this.folder, this.headers) = (folder, headers);
        data = Sha256.OfLines(headers[0].DataTexts.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}={entry.Value}"));
        Mentors = [.. headers.Select(header => new MentorRecording(header.Mentor, header.Fingerprint, header.Form)
        {
            Statement = header.Stated,
        })];
    }

    /// <summary>How many epochs of the data are recorded: K.</summary>
    public int Variants => headers[0].Plan.Variants;

    /// <summary>Whose answers there are, by name.</summary>
    public IReadOnlyList<MentorRecording> Mentors { get; }

    /// <summary>Records what mentors answer to the batches of a data set, or goes on where a recording ended.</summary>
    /// <typeparam name="TAnswer">What the mentors answer with: a tensor or a tuple of tensors.</typeparam>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="folder">Where the files are written; it is made if it does not exist. Mentors can be added later.</param>
    /// <param name="mentors">Who answers, each with a name of its own; not disposed.</param>
    /// <param name="data">What they answer to: the very data that is trained on later, its augmentation included.</param>
    /// <param name="options">Default: one epoch in float32.</param>
    /// <param name="progress">Is told after each batch where the recording stands. Default null.</param>
    /// <param name="cancellation">Ends the recording; whole files stay.</param>
    /// <exception cref="ArgumentException">There is no mentor, or two share a name.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    /// <exception cref="RecordingException">
    /// The folder holds another recording, or the data does not say which samples a batch holds; the message names the difference.
    /// </exception>
    /// <exception cref="MentorException">A mentor failed.</exception>
    /// <exception cref="IOException">A file cannot be written; those before it are whole.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static void Record<TAnswer, TTarget>(
        string folder, IEnumerable<Mentor<TAnswer>> mentors, ITrainingData<TTarget> data, RecordingOptions? options = null,
        IProgress<RecordingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(mentors);
        ArgumentNullException.ThrowIfNull(data);
        options = new RecordingOptionsValidator().ThrowIfInvalid(options ?? new());
        Mentor<TAnswer>[] all = [.. mentors];
        if (all.Length == 0 || all.Select(mentor => mentor.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < all.Length)
            throw new ArgumentException(
                "At least one mentor, and names that differ, were expected; got " +
                $"'{string.Join("', '", all.Select(mentor => mentor.Name))}'.", nameof(mentors));
        new LessonRecorder<TAnswer, TTarget>(folder, all, data, options, progress).Run(cancellation);
    }

    /// <summary>Opens a complete recording. Answers are read when they are needed.</summary>
    /// <param name="folder">Where it was recorded.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="RecordingException">It holds no recording, a part is missing or damaged, or its mentors answered different
    /// data.</exception>
    public static RecordedLessons Open(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException(
                $"There is no folder '{folder}' of a recording; {nameof(RecordedLessons)}.{nameof(Record)} makes one.");
        var headers = Directory.GetDirectories(folder, "mentor-*").Order(StringComparer.Ordinal).Select(RecordingFolder.Read).ToList();
        if (headers.Count == 0)
            throw new RecordingException($"{folder} holds no recording; {nameof(RecordedLessons)}.{nameof(Record)} makes one.");
        foreach (var header in headers)
            if (RecordingHeader.Differences(header.DataTexts, headers[0].DataTexts) is { Length: > 0 } differences
                || header.Plan.Variants != headers[0].Plan.Variants)
                throw new RecordingException(
                    $"The mentors '{header.Mentor}' and '{headers[0].Mentor}' in {folder} were recorded on different data: " +
                    $"{RecordingHeader.Differences(header.Texts, headers[0].Texts)}.");
        return new RecordedLessons(folder, headers);
    }

    /// <summary>The data to train on: the recorded epochs of the data that was recorded, again and again.</summary>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="data">The same data as was recorded.</param>
    /// <returns>Data of which epoch e is epoch e modulo <see cref="Variants"/> of <paramref name="data"/>.</returns>
    /// <exception cref="RecordingException">It is other data, or otherwise augmented; the message names what differs.</exception>
    public ITrainingData<TTarget> Replay<TTarget>(ITrainingData<TTarget> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var differences = RecordingHeader.Differences(headers[0].DataTexts, data.Fingerprint);
        if (differences.Length > 0 || data.BatchesPerEpoch != headers[0].Plan.BatchesPerEpoch)
            throw new RecordingException(
                $"{folder} was recorded on other data: " +
                (differences.Length > 0 ? differences
                    : $"it had {headers[0].Plan.BatchesPerEpoch} batches and has {data.BatchesPerEpoch}") +
                ". Replay the data that was recorded, with its options and seed, or record this data into another folder.");
        return new ReplayedData<TTarget>(data, this.data, Variants);
    }

    /// <summary>
    /// A mentor that gives the recorded answers; it has the name and, unless another is given, the class map of the one that was recorded.
    /// </summary>
    /// <typeparam name="TAnswer">What the mentor answered with: a tensor, or a value tuple of tensors.</typeparam>
    /// <param name="name">The mentor's name.</param>
    /// <param name="form">
    /// Makes an answer from the input and the recorded tensors, for answers of another type. It is called within a dispose scope. Default
    /// null.
    /// </param>
    /// <param name="classes">Which of the mentor's classes are which of the student's. Default null: as it was.</param>
    /// <returns>The mentor; the caller disposes it.</returns>
    /// <exception cref="RecordingException">There is no recording of it.</exception>
    /// <exception cref="ArgumentException">An answer of the type cannot be made of the tensors.</exception>
    public Mentor<TAnswer> CreateMentor<TAnswer>(string name, Func<Tensor, IReadOnlyList<Tensor>, TAnswer>? form = null,
        ClassMap? classes = null) =>
        new RecordedMentor<TAnswer>(Answers(name), form, classes);

    /// <summary>A mentor of one tensor: see <see cref="CreateMentor{TAnswer}"/>.</summary>
    /// <param name="name">The mentor's name.</param>
    /// <param name="classes">Which of the mentor's classes are which of the student's. Default null: as it was.</param>
    /// <returns>The mentor; the caller disposes it.</returns>
    /// <exception cref="RecordingException">There is no recording of it.</exception>
    public Mentor<Tensor> CreateMentor(string name, ClassMap? classes = null) => CreateMentor<Tensor>(name, null, classes);

    /// <summary>Compares recorded answers with fresh ones: whether weights, data and augmentation are those of the recording.</summary>
    /// <typeparam name="TAnswer">What the mentor answers with.</typeparam>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="mentor">The mentor itself, on any device.</param>
    /// <param name="data">The data that was recorded.</param>
    /// <param name="batches">How many batches are compared, spread over the recorded epochs. Default 2.</param>
    /// <param name="tolerance">The largest difference allowed, as a part of the largest number in an answer. Default 1e-3, room for another
    /// device.</param>
    /// <returns>The largest difference found, as such a part; 0 on the machine that recorded.</returns>
    /// <exception cref="RecordingException">The mentor, the data or an answer differs.</exception>
    public double Compare<TAnswer, TTarget>(Mentor<TAnswer> mentor, ITrainingData<TTarget> data, int batches = 2, double tolerance = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(mentor);
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 1);
        using var answers = Answers(mentor.Name);
        var header = answers.Header;
        if (mentor.Fingerprint is var found && found != header.Fingerprint)
            throw new RecordingException(
                $"Mentor '{mentor.Name}' has other weights, or another input, than the one that was recorded: " +
                    $"{header.Fingerprint[..12]}... was recorded, " +
                $"{found[..12]}... came.");
        var epochs = Replay(data);
        var worst = 0.0;
        for (var i = 0; i < batches; i++)
        {
            var place = (long)i * header.Plan.Variants * header.Plan.BatchesPerEpoch / batches;
            foreach (var batch in epochs.Epoch((int)(place / header.Plan.BatchesPerEpoch), (int)(place % header.Plan.BatchesPerEpoch))
                .Take(1))
                worst = Math.Max(worst, RecordingComparison.Of(answers, mentor, batch));
        }

        return worst <= tolerance ? worst : throw new RecordingException(
            $"Fresh answers of mentor '{mentor.Name}' differ from the recorded ones by {worst:0.###E0} of the largest number, more than " +
                $"{tolerance:0.###E0}: " +
            "the model or the data has changed in a way that no fingerprint shows.");
    }

    /// <summary>Reads all files and compares their checksums; without it each file is verified when a training first uses it.</summary>
    /// <exception cref="RecordingException">A file is damaged or missing; the message names it.</exception>
    public void Verify()
    {
        foreach (var header in headers)
            foreach (var shard in header.Plan.All)
            {
                using var file = new MappedShard(Path.Combine(ShardFile.Folder(folder, header.Mentor), shard.FileName));
                file.Verify();
            }
    }

    private RecordedAnswers Answers(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var header = headers.FirstOrDefault(header => header.Mentor == name) ?? throw new RecordingException(
            $"{folder} holds no answers of a mentor '{name}', but of '{string.Join("', '", headers.Select(header => header.Mentor))}'.");
        return new RecordedAnswers(ShardFile.Folder(folder, name), header, data);
    }
}

/// <summary>Whose answers a recording holds.</summary>
/// <param name="Name">The mentor's name.</param>
/// <param name="Fingerprint">The checksum of its weights and settings.</param>
/// <param name="Form">How its answers are kept.</param>
public sealed record MentorRecording(string Name, string Fingerprint, RecordedForm Form)
{
    /// <summary>What the answers said of themselves (<see cref="IRecordableAnswer"/>).</summary>
    /// <value>Null: nothing; they are tensors or tuples of tensors.</value>
    public string? Statement { get; init; }
}
