namespace ClassroomKD;

/// <summary>An exam for models that answer with logits: accuracy, calibration and confusion on data with known classes.</summary>
/// <remarks>
/// <para>
/// The calibration error is the expected one of Guo et al. (2017): answers are divided by their confidence, the largest probability of
/// their softmax, into bins of equal width, open below and closed above; the error is the mean over all answers of the distance between
/// a bin's accuracy and its mean confidence.
/// </para>
/// <para>
/// All figures are summed up on the device and read back once, at the end. The exam keeps no tensor and owns none of what it is given.
/// </para>
/// </remarks>
public sealed class ClassificationExam
{
    private readonly ClassificationExamOptions options;
    private readonly ITrainingData<Tensor>? data;

    /// <summary>An exam on batches.</summary>
    /// <param name="batches">
    /// Inputs <c>[B, ...]</c> as the student takes them, and their classes, int64 <c>[B]</c> or distributions <c>[B, C]</c>. They are
    /// drawn anew for each model, must then be the same, and are not disposed.
    /// </param>
    /// <param name="options">Later changes have no effect on what was checked, but do not change them. Default: no class names.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public ClassificationExam(IEnumerable<(Tensor Input, Tensor Labels)> batches, ClassificationExamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        Batches = batches;
        this.options = new ClassificationExamOptionsValidator().ThrowIfInvalid(options ?? new());
    }

    /// <summary>An exam on the first epoch of what could be trained on; its augmentation should be none.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">Default: no class names.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public ClassificationExam(ITrainingData<Tensor> data, ClassificationExamOptions? options = null)
        : this(FirstEpoch(data ?? throw new ArgumentNullException(nameof(data))), options) => this.data = data;

    /// <summary>
    /// The processes that share the exam with this one: each answers a part of the data, and all get the result over all of it, with
    /// predictions in another order. All examine the same models in the same order.
    /// </summary>
    /// <value>Default null: this process answers everything.</value>
    public IDataParallel? Parallel { get; init; }

    internal IEnumerable<(Tensor Input, Tensor Labels)> Batches { get; }

    internal ClassificationExamOptions Options => options;

    /// <summary>Examines a student in evaluation mode.</summary>
    /// <param name="student">Who is examined.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">Answers and labels do not fit together, or there is no sample.</exception>
    public ClassificationResult Examine(Student<Tensor> student)
    {
        ArgumentNullException.ThrowIfNull(student);
        return Examine(student.Name, student.Examine);
    }

    /// <summary>
    /// Examines a mentor in the student's classes, as its class map says; samples of classes that it does not know are left out.
    /// </summary>
    /// <param name="mentor">Who is examined.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">Answers and labels do not fit together, or there is no sample.</exception>
    /// <exception cref="MentorException">The mentor failed.</exception>
    public ClassificationResult Examine(Mentor<Tensor> mentor)
    {
        ArgumentNullException.ThrowIfNull(mentor);
        return Examine(mentor.Name, mentor.Answer, mentor.Classes);
    }

    /// <summary>Examines a function.</summary>
    /// <param name="name">What the result calls it.</param>
    /// <param name="answer">Gives logits <c>[B, C]</c>; called without gradient tracking, inside a dispose scope.</param>
    /// <param name="classes">Which of its classes are which of the labels'. Default null: they are the same.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">Answers and labels do not fit together, or there is no sample.</exception>
    public ClassificationResult Examine(string name, Func<Tensor, Tensor> answer, ClassMap? classes = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(answer);
        using var tally = new ExamTally(name, options, classes);
        foreach (var (input, labels) in Mine())
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            tally.Add(answer(input), labels);
        }

        return tally.Read(Parallel);
    }

    /// <summary>Examines a student and mentors on the same data.</summary>
    /// <param name="mentors">The mentors, such as <see cref="Classroom{TAnswer, TTarget}.Mentors"/>.</param>
    /// <param name="student">Default null: mentors alone.</param>
    /// <returns>All results, the student's first, and how far they agree.</returns>
    /// <exception cref="ArgumentException">Answers and labels do not fit together, or there is no sample.</exception>
    /// <exception cref="MentorException">A mentor failed.</exception>
    public ClassificationComparison Compare(IEnumerable<Mentor<Tensor>> mentors, Student<Tensor>? student = null)
    {
        ArgumentNullException.ThrowIfNull(mentors);
        List<ClassificationResult> results = student is null ? [] : [Examine(student)];
        results.AddRange(mentors.Select(Examine));
        return new ClassificationComparison(results);
    }

    /// <summary>Finds the samples on which mentors disagree most, to look at.</summary>
    /// <param name="mentors">At least two, such as <see cref="Classroom{TAnswer, TTarget}.Mentors"/>. One that answers a sample with NaN,
    /// or does not know its class, has no say in it.</param>
    /// <param name="count">How many samples are wanted at most. Default 12.</param>
    /// <param name="student">Whose answers are shown beside the mentors'; it has no say. Default null: nobody's.</param>
    /// <returns>The samples by falling divergence.</returns>
    /// <exception cref="ArgumentException">There are fewer than two mentors, or answers and labels do not fit together.</exception>
    /// <exception cref="MentorException">A mentor failed.</exception>
    public IReadOnlyList<Disagreement> FindDisagreements(
        IEnumerable<Mentor<Tensor>> mentors, int count = 12, Student<Tensor>? student = null)
    {
        ArgumentNullException.ThrowIfNull(mentors);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Mentor<Tensor>[] all = [.. mentors];
        if (all.Length < 2)
            throw new ArgumentException($"Two mentors at least were expected to disagree, got {all.Length}.", nameof(mentors));
        using var tally = new DisagreementTally(
            [.. all.Select(mentor => mentor.Name), .. student is null ? [] : (string[])[student.Name]],
            [.. all.Select(mentor => mentor.Classes)], count, options);
        foreach (var (input, labels) in Batches)
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            tally.Add(
                [.. all.Select(mentor => mentor.Answer(input)), .. student is null ? [] : (Tensor[])[student.Examine(input)]], labels);
        }

        return tally.Read();
    }

    /// <summary>Validates a student within a training: <c>new Trainer(...) { Validate = exam.Validate }</c>.</summary>
    /// <param name="student">Who is examined.</param>
    /// <returns>The accuracy as the score, and the other figures.</returns>
    public ValidationResult Validate(Student<Tensor> student)
    {
        var result = Examine(student);
        return new ValidationResult(result.TopOne, new Dictionary<string, double>
        {
            ["top-1"] = result.TopOne,
            ["top-5"] = result.TopFive,
            ["cross-entropy"] = result.CrossEntropy,
            ["calibration error"] = result.CalibrationError,
        });
    }

    private IEnumerable<(Tensor Input, Tensor Labels)> Mine() =>
        Parallel is not { } parallel ? Batches
        : data is not null ? FirstEpoch(data.Part(new BatchPart(parallel.Rank, parallel.Size)))
        : Batches.Where((_, i) => i % parallel.Size == parallel.Rank);

    // An iterator, so that each enumeration draws the epoch anew.
    private static IEnumerable<(Tensor Input, Tensor Labels)> FirstEpoch(ITrainingData<Tensor> data)
    {
        foreach (var batch in data.Epoch(0))
            yield return (batch.Input, batch.Targets);
    }
}
