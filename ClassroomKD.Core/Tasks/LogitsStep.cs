using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>The options of a <see cref="LogitsTask"/> in the form that a step needs.</summary>
internal sealed record LogitsTaskSettings(
    double Smoothing, long IgnoreIndex, Scalar Ignored, ILogitsDistillationLoss? Loss, IJointLogitsLoss? JointLoss, Scalar? Factor,
    KernelImplementation Kernel);

/// <summary>One batch of a <see cref="LogitsTask"/>, already validated.</summary>
internal sealed class LogitsStep : IDistillationStep
{
    private static readonly Scalar Infinity = Scalars.Of(double.PositiveInfinity);
    private static readonly Scalar Mask = Scalars.Of(double.NegativeInfinity);

    private readonly LogitsTaskSettings settings;
    private readonly Tensor student;
    private readonly Tensor targets;
    private readonly IReadOnlyList<Tensor> answers;
    private readonly IReadOnlyList<Tensor> mentors; // over the classes that each shares with the student
    private readonly IReadOnlyList<ClassMap?>? maps;
    private readonly StepArguments<Tensor, Tensor> batch;
    private Tensor? masked;

    public LogitsStep(in StepArguments<Tensor, Tensor> arguments, LogitsTaskSettings settings)
    {
        this.settings = settings;
        (batch, student, targets, maps) = (arguments, arguments.Student, arguments.Targets, arguments.MentorClasses);
        answers = arguments.Mentors;
        mentors = MappedLogits.Shared(answers, maps);
    }

    private Tensor Masked => masked ??= student.detach().eq(Mask);

    private bool TargetsAreIndices => targets.dtype == ScalarType.Int64;

    public Assessment Assess()
    {
        var detached = student.detach();
        var judged = MultiMentorCrossEntropy.ComputeValidated(new MultiMentorCrossEntropyArguments
        {
            Student = detached,
            Mentors = MappedLogits.Completed(detached, mentors, maps),
            Targets = settings.Smoothing == 0 ? targets : Distribution(detached.dtype),
            IgnoreIndex = settings.IgnoreIndex,
            Implementation = settings.Kernel,
        });
        var counted = TargetsAreIndices ? targets.ne(settings.Ignored) : null;
        // Who masks the truth does not know it.
        var known = judged.Finite.logical_and(judged.CrossEntropy.lt(Infinity));
        if (counted is not null)
            known = known.logical_and(counted);
        var crossEntropies = judged.CrossEntropy.masked_fill(known.logical_not(), Scalars.Zero);
        // Where a mentor lacks the true class it has the student's probability of it: all are compared over the same samples.
        if (batch.Granularity == PerformanceGranularity.Batch)
            crossEntropies = batch.MeanOverBatch(crossEntropies, known).expand_as(crossEntropies);
        if (maps is not null && maps.Any(map => map is { CoversStudent: false }))
            known = known.logical_and(KnowTheTruth(judged.Correct, judged.Finite));
        var unknown = known.logical_not();

        return new LogitsAssessment(
            detached, mentors, answers, crossEntropies.masked_fill(unknown, Scalars.Zero), judged.Finite, maps, Truth)
        {
            Performances = crossEntropies.neg().exp().masked_fill(unknown, Scalars.Zero),
            Correct = judged.Correct,
            Eligible = known.narrow(0, 1, mentors.Count),
            Finite = judged.Finite.narrow(0, 1, mentors.Count),
            Counted = counted,
        };
    }

    public Tensor TaskLoss()
    {
        var logits = student.InFullPrecision();
        if (TargetsAreIndices)
        {
            var ofClass = nn.functional.cross_entropy(
                logits, targets, ignore_index: settings.IgnoreIndex, reduction: nn.Reduction.None);
            return settings.Smoothing == 0 ? ofClass : ofClass.mul(Scalars.Of(1 - settings.Smoothing)).add(
                OfDistribution(logits, Unmasked(logits.dtype)).masked_fill(targets.eq(settings.Ignored), Scalars.Zero),
                Scalars.Of(settings.Smoothing));
        }

        var truth = Distribution(logits.dtype);
        var kept = truth.masked_fill(Masked, Scalars.Zero);
        var mass = kept.sum(1, keepdim: true);
        return OfDistribution(logits, kept.mul(truth.sum(1, keepdim: true).div(mass.masked_fill(mass.eq(Scalars.Zero), Scalars.One))));
    }

    public DistillationLoss Distill(in DistillationArguments arguments)
    {
        var weighted = settings.Factor is { } factor ? arguments with { Weights = arguments.Weights.mul(factor) } : arguments;
        return settings.JointLoss is { } joint ? Joint(joint, weighted)
            : settings.Loss is { } loss ? Custom(loss, weighted)
            : Divergence(weighted);
    }

    // All mentors that know every class in one pass; those of each map that lacks some in one more, on the shared classes.
    private DistillationLoss Divergence(in DistillationArguments arguments)
    {
        Tensor? total = null;
        var parts = new Tensor[mentors.Count];
        foreach (var (partial, group) in MappedLogits.Groups(mentors.Count, maps))
        {
            var whole = group.Length == mentors.Count;
            Tensor Rows(Tensor table) => whole ? table : stack([.. group.Select(m => table.select(0, m))]);
            var divergence = MultiMentorDivergence.ComputeValidated(new MultiMentorDivergenceArguments
            {
                Student = OnSharedClasses(student, partial),
                Mentors = whole ? mentors : [.. group.Select(m => mentors[m])],
                Weights = Rows(arguments.Weights),
                Temperatures = Rows(arguments.Temperatures),
                StudentTemperatures = arguments.StudentTemperatures is { } own ? Rows(own) : null,
                Reduction = nn.Reduction.Sum,
                Implementation = settings.Kernel,
            });
            if (whole)
                return new DistillationLoss { Total = divergence.Loss, PerMentor = divergence.PerMentor };
            for (var i = 0; i < group.Length; i++)
                parts[group[i]] = divergence.PerMentor.select(0, i);
            total = total is null ? divergence.Loss : total.add(divergence.Loss, Scalars.One);
        }

        return new DistillationLoss { Total = total!, PerMentor = stack(parts) };
    }

    private DistillationLoss Joint(IJointLogitsLoss loss, in DistillationArguments arguments)
    {
        var logits = student.InFullPrecision();
        var silent = arguments.Weights.eq(Scalars.Zero).unsqueeze(2);
        var parts = loss.PerMentor(new JointLogitsLossArguments
        {
            Student = logits,
            Mentors = [.. MappedLogits.Completed(logits, mentors, maps).Select((mentor, m) =>
                mentor.detach().to(logits.dtype).masked_fill(silent.select(0, m), Scalars.Zero))],
            Weights = arguments.Weights,
            Temperatures = arguments.Temperatures,
            StudentTemperatures = arguments.StudentTemperatures ?? arguments.Temperatures,
        });
        return new DistillationLoss { Total = parts.sum(), PerMentor = parts.detach() };
    }

    private DistillationLoss Custom(ILogitsDistillationLoss loss, in DistillationArguments arguments)
    {
        var logits = student.InFullPrecision();
        var distribution = Distribution(logits.dtype);
        var parts = new Tensor[mentors.Count];
        for (var m = 0; m < parts.Length; m++)
        {
            var weights = arguments.Weights.select(0, m);
            var silent = weights.eq(Scalars.Zero).unsqueeze(1);
            var temperatures = arguments.Temperatures.select(0, m);
            var partial = MappedLogits.IsPartial(maps, m) ? maps![m] : null;
            parts[m] = loss.PerSample(new LogitsLossArguments
            {
                Student = OnSharedClasses(logits, partial),
                Mentor = mentors[m].detach().InFullPrecision().masked_fill(silent, Scalars.Zero),
                Temperatures = temperatures,
                StudentTemperatures = arguments.StudentTemperatures?.select(0, m) ?? temperatures,
                TargetDistribution = partial is null ? distribution : MappedLogits.Restrict(distribution, partial),
            }) * weights;
        }

        var all = stack(parts);
        return new DistillationLoss { Total = all.sum(), PerMentor = all.detach() };
    }

    private static Tensor OnSharedClasses(Tensor logits, ClassMap? partial) =>
        partial is null ? logits : logits.index_select(1, partial.Beside(logits).Student);

    // Whether each answerer knows the true class. A mentor that lacks classes is right if it is right among those that it has.
    private Tensor KnowTheTruth(Tensor correct, Tensor finite)
    {
        var knows = ones_like(correct);
        var truth = TargetsAreIndices ? targets : targets.argmax(1);
        var within = Truth();
        for (var m = 0; m < mentors.Count; m++)
        {
            if (!MappedLogits.IsPartial(maps, m))
                continue;
            var indices = maps![m]!.Beside(truth);
            knows.select(0, 1 + m).copy_(indices.Known.index_select(0, within));
            var right = indices.Student.index_select(0, mentors[m].argmax(1)).eq(truth);
            correct.select(0, 1 + m).copy_(right.logical_and(finite.select(0, 1 + m)));
        }

        return knows;
    }

    // The true classes, 0 where a sample does not count.
    private Tensor Truth() =>
        TargetsAreIndices ? targets.masked_fill(targets.eq(settings.Ignored), Scalars.Zero) : targets.argmax(1);

    // Where a class index does not count, any distribution will do.
    private Tensor Distribution(ScalarType type)
    {
        var classes = student.size(1);
        var distribution = TargetsAreIndices
            ? nn.functional.one_hot(Truth(), classes).to(type)
            : ComputeType.Cast(targets, type);
        return settings.Smoothing == 0
            ? distribution
            : distribution.mul(Scalars.Of(1 - settings.Smoothing)).add(Unmasked(type), Scalars.Of(settings.Smoothing));
    }

    // The uniform distribution over the classes that the student does not mask.
    private Tensor Unmasked(ScalarType type)
    {
        var unmasked = Masked.logical_not().to(type);
        return unmasked.div(unmasked.sum(1, keepdim: true).clamp_min(Scalars.One));
    }

    // 0 at masked classes, where 0 times infinity would be NaN.
    private Tensor OfDistribution(Tensor logits, Tensor distribution) =>
        distribution.mul(logits.log_softmax(1).masked_fill(Masked, Scalars.Zero)).sum(1).neg();
}
