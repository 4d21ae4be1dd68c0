using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Examines mentors before a training starts, so that days are not spent with one that cannot teach.</summary>
public static class ClassroomInspection
{
    /// <summary>Examines mentors and student, and says of each what is wrong and what to do.</summary>
    /// <param name="exam">On a few thousand samples that the mentors were not trained on.</param>
    /// <param name="mentors">The mentors, such as <see cref="Classroom{TAnswer, TTarget}.Mentors"/>.</param>
    /// <param name="student">
    /// Default null: mentors alone. Of the student, which may know nothing yet, only the form of its answers is looked at, and its accuracy
    /// where one is expected.
    /// </param>
    /// <param name="options">Default: no accuracy is expected.</param>
    /// <param name="logger">Is warned of each finding. Default null: none.</param>
    /// <param name="observer">Is told each finding by <see cref="ITrainingObserver.Noticed"/>. Default null: none.</param>
    /// <returns>The results and findings.</returns>
    /// <remarks>
    /// A mentor is at chance if a model that always names the most frequent class would do as well with a probability above
    /// <see cref="InspectionOptions.Significance"/> (binomial, one-sided), and below what is expected if a model as good as that would
    /// do as badly with a probability below it. Another order of classes is sought on every second sample and tested on the others; other
    /// channel orders and ranges of values are tested by how many samples they gain and lose (sign test).
    /// </remarks>
    /// <exception cref="ArgumentException">Answers and labels do not fit together, or there is no sample.</exception>
    /// <exception cref="MentorException">A mentor failed.</exception>
    public static InspectionReport Inspect(
        this ClassificationExam exam, IReadOnlyList<Mentor<Tensor>> mentors, Student<Tensor>? student = null,
        InspectionOptions? options = null, ILogger? logger = null, ITrainingObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(exam);
        ArgumentNullException.ThrowIfNull(mentors);
        options = new InspectionOptionsValidator().ThrowIfInvalid(options ?? new());
        RequireNames(options, [.. mentors.Select(mentor => mentor.Name), .. student is null ? Array.Empty<string>() : [student.Name]]);
        var comparison = exam.Compare(mentors, student);
        var results = comparison.Results.Skip(student is null ? 0 : 1);
        List<Finding> findings =
        [
            .. student is null ? [] : new ModelFindings(comparison.Results[0], options).OfStudent(),
            .. mentors.Zip(results).SelectMany(pair => OfMentor(pair.First, pair.Second, exam, options)),
        ];
        foreach (var finding in findings)
        {
            if (logger is not null)
                Log.Found(logger, finding.Message);
            observer?.Noticed(finding.Message);
        }

        return new InspectionReport(comparison, findings);
    }

    private static IEnumerable<Finding> OfMentor(
        Mentor<Tensor> mentor, ClassificationResult result, ClassificationExam exam, InspectionOptions options)
    {
        var findings = new ModelFindings(result, options);
        List<Finding> causes = [.. findings.OfOrder(mentor.Classes)];
        var suspicious = findings.IsAtChance || findings.IsBelowExpectation;
        if (causes.Count == 0 && options.Probes > 0 && suspicious && result.NonFiniteAnswers < result.Samples)
            causes = OfInput(mentor, exam, options);
        return [.. findings.OfAnswers(), .. findings.OfAccuracy(causes.Count > 0), .. causes];
    }

    private static List<Finding> OfInput(Mentor<Tensor> mentor, ClassificationExam exam, InspectionOptions options)
    {
        using var scope = NewDisposeScope();
        List<(Tensor Input, Tensor Labels)> probes = [];
        var left = (long)options.Probes;
        foreach (var (input, labels) in exam.Batches)
        {
            var count = Math.Min(left, input.size(0));
            probes.Add((input.narrow(0, 0, count).clone(), labels.narrow(0, 0, count).clone()));
            if ((left -= count) == 0)
                break;
        }

        var few = new ClassificationExam(probes, exam.Options);
        var present = few.Examine(mentor);
        var tried = InputAlternative.Of([.. probes.Select(probe => probe.Input)])
            .Select(other => (other, few.Examine(mentor.Name, input => mentor.Answer(other.Change(input)), mentor.Classes)))
            .ToList();
        if (tried.Count == 0)
            return [];
        var (best, result) = tried.MaxBy(pair => pair.Item2.TopOne);
        var (gained, lost) = (0L, 0L);
        for (var i = 0; i < present.Truth.Count; i++)
        {
            var (before, after) = (present.Predictions[i] == present.Truth[i], result.Predictions[i] == present.Truth[i]);
            gained += after && !before ? 1 : 0;
            lost += before && !after ? 1 : 0;
        }

        // The best of several is tested, so each has its part of the level alone.
        if (gained <= lost || Binomial.AtLeast(gained, gained + lost, 0.5) >= options.Significance / tried.Count)
            return [];
        return
        [
            new Finding(
                mentor.Name, FindingKind.Input,
                $"Mentor '{mentor.Name}' is right on {TextTable.Percent(result.TopOne)} of {present.Samples} samples with {best.Name}, " +
                "and on " +
                $"{TextTable.Percent(present.TopOne)} with the input as it is: {best.Remedy}."),
        ];
    }

    private static void RequireNames(InspectionOptions options, string[] names)
    {
        foreach (var (name, accuracy) in options.ExpectedAccuracies)
            if (!names.Contains(name) || accuracy is not (>= 0 and <= 1))
                throw new ArgumentException(
                    $"Accuracies in [0, 1] of {string.Join(", ", names.Select(known => $"'{known}'"))} were expected, got {accuracy} " +
                    $"of '{name}'.",
                    nameof(options));
    }
}
