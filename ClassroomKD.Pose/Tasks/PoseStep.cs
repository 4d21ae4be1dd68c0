namespace ClassroomKD.Pose;

/// <summary>One batch of a <see cref="PoseTask"/>, already validated.</summary>
/// <typeparam name="TMaps"><see cref="Tensor"/> for heatmaps <c>[B, K, H, W]</c>, <see cref="SimccAnswer"/> for bins.</typeparam>
internal abstract class PoseStep<TMaps>(
    StepArguments<PoseAnswer, PoseTarget> batch, PoseTaskSettings settings, TMaps student, IPoseLoss<TMaps> loss,
    IPoseDistillationLoss<TMaps> distillation) : IDistillationStep
{
    private (TMaps Maps, Tensor Weights)? truth;
    private Tensor? mask;
    private Tensor? teachable;

    /// <summary>What the student should have answered, and the weight of each joint <c>[B, K]</c>.</summary>
    private (TMaps Maps, Tensor Weights) Truth => truth ??= FindTruth();

    /// <summary>The joints that count, Boolean <c>[B, K]</c>: annotated, of weight above 0 and on the student's map.</summary>
    private Tensor Mask => mask ??= Truth.Weights.gt(Scalars.Zero);

    // An area that is none would make every performance NaN or perfect.
    private Tensor Areas => batch.Targets.Areas.masked_fill(
        batch.Targets.Areas.isfinite().logical_and(batch.Targets.Areas.ge(Scalars.Zero)).logical_not(), Scalars.Zero);

    // The joints of which each mentor has a map of its own, Boolean [M, B, K].
    private Tensor Teachable => teachable ??= stack(batch.Mentors.Select(mentor => mentor.Covered(Mask, alone: true)));

    public Assessment Assess()
    {
        PoseAnswer[] answers = [batch.Student, .. batch.Mentors];
        var type = batch.Student.Tensors[0].FullPrecision();
        var judged = stack(answers.Select(answer => answer.Covered(Mask, alone: false)));
        var finite = stack(answers.Select(answer => answer.Finite()));
        var positions = stack(answers.Select(answer => answer.Positions(settings.Soft).to_type(type)));
        var similarities = settings.Oks.PerJoint(positions, batch.Targets.Joints, Areas)
            .masked_fill(judged.logical_and(finite).logical_not(), Scalars.Zero);

        var usable = finite.logical_or(judged.logical_not()).all(2);
        var counted = Mask.any(1);
        var known = usable.logical_and(counted);
        var unknown = known.logical_not();
        var performances = OksPerformance.Mean(similarities, judged).masked_fill(unknown, Scalars.Zero);
        return new PoseAssessment
        {
            Performances = batch.Granularity == PerformanceGranularity.Batch ? OfBatch(performances, known, unknown) : performances,
            Correct = settings.CorrectFrom is { } least ? performances.ge(least).logical_and(known) : null,
            Eligible = known.narrow(0, 1, batch.Mentors.Count),
            Finite = usable.narrow(0, 1, batch.Mentors.Count),
            Counted = counted,
            JointSimilarities = similarities,
            Judged = judged,
            FindTeachable = () => Teachable,
            MeasureAgreements = () => Agreements(positions, judged.logical_and(finite)),
        };
    }

    public Tensor TaskLoss()
    {
        var perSample = loss.PerSample(new() { Student = student, Target = Truth.Maps, Weights = Truth.Weights });
        return distillation.TruthShare == 1 ? perSample : perSample.mul(Scalars.Of(distillation.TruthShare));
    }

    public DistillationLoss Distill(in DistillationArguments arguments)
    {
        var mentors = batch.Mentors.Select(InStudentsForm).ToArray();
        var taught = Teachable;
        var weighted = arguments with { Weights = arguments.Weights.mul(settings.Factor) };
        return distillation is SpatialKlLoss divergence
            ? divergence.OfAll(Axes(student), [.. mentors.Select(Axes)], taught, weighted, settings.Kernel)
            : OneByOne(mentors, taught, weighted);
    }

    /// <summary>The truth's maps and weights where they were drawn in advance.</summary>
    protected abstract (TMaps Maps, Tensor Weights)? Given(PoseTarget targets);

    /// <summary>Joints in input pixels <c>[B, K, 2]</c> as the student should answer them, of weight 0 outside the map.</summary>
    protected abstract (TMaps Maps, Tensor Weights) Draw(Tensor joints, Tensor weights);

    /// <summary>A mentor's answer in the student's size and convention.</summary>
    protected abstract TMaps InStudentsForm(PoseAnswer mentor);

    /// <summary>Zeros for the joints of a mask <c>[B, K]</c>.</summary>
    protected abstract TMaps Without(TMaps maps, Tensor hidden);

    /// <summary>What a softmax is taken over, as <c>[B, K, C]</c>.</summary>
    protected abstract Tensor[] Axes(TMaps maps);

    private (TMaps Maps, Tensor Weights) FindTruth()
    {
        var visible = batch.Targets.Visibility.gt(Scalars.Zero).logical_and(batch.Targets.Joints.isfinite().all(-1));
        var hidden = visible.logical_not();
        if (Given(batch.Targets) is { } given)
        {
            var kept = given.Weights.masked_fill(hidden, Scalars.Zero);
            return (Without(given.Maps, kept.eq(Scalars.Zero)), kept);
        }
        var weights = visible.to_type(batch.Targets.Joints.FullPrecision());
        if (settings.JointWeights is { } configured)
            weights *= configured.Like(weights);
        // A joint that is not annotated may be anywhere, at NaN too, which 0 times NaN would keep; one at NaN is not annotated.
        return Draw(batch.Targets.Joints.masked_fill(hidden.unsqueeze(-1), Scalars.Zero), weights);
    }

    private DistillationLoss OneByOne(TMaps[] mentors, Tensor taught, in DistillationArguments arguments)
    {
        var parts = new Tensor[mentors.Length];
        for (var m = 0; m < parts.Length; m++)
        {
            var weights = arguments.Weights.select(0, m);
            var joints = Truth.Weights * taught.select(0, m) * weights.ne(Scalars.Zero).unsqueeze(1);
            var temperatures = arguments.Temperatures.select(0, m);
            parts[m] = weights * distillation.PerSample(new()
            {
                Student = student,
                Mentor = Without(mentors[m], joints.eq(Scalars.Zero)),
                Target = Truth.Maps,
                Weights = joints,
                Temperatures = temperatures,
                StudentTemperatures = arguments.StudentTemperatures?.select(0, m) ?? temperatures,
            });
        }
        var all = stack(parts);
        return new DistillationLoss { Total = all.sum(), PerMentor = all.detach() };
    }

    private Tensor Agreements(Tensor positions, Tensor usable)
    {
        var (own, count) = (positions.select(0, 0), batch.Mentors.Count);
        var similarities = settings.Oks.PerJoint(positions.narrow(0, 1, count), own, Areas);
        return OksPerformance.Mean(similarities, usable.narrow(0, 1, count).logical_and(usable.select(0, 0)));
    }

    private Tensor OfBatch(Tensor perSample, Tensor known, Tensor unknown) =>
        batch.MeanOverBatch(perSample, known).expand_as(perSample).masked_fill(unknown, Scalars.Zero);
}
