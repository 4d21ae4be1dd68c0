using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>What learning a pose is, whatever the student answers with: performances, masks and who teaches which joint.</summary>
/// <remarks>
/// A performance is the OKS of the decoded joints, the same measure for every head and resolution; for the whole batch it is the mean over
/// its samples. One mask serves performance, truth and distillation: a joint counts where it is annotated and near enough to the student's
/// map to be drawn on it. A sample without such a joint does not count. Dispose a task once its classroom is no longer used; it holds
/// one number per joint on the device.
/// </remarks>
public abstract class PoseTask : IDistillationTask<PoseAnswer, PoseTarget>, IDisposable
{
    private readonly OksPerformance oks;
    private readonly JointConstants? jointWeights;
    private readonly bool soft;
    private readonly Scalar? correctFrom;

    private protected PoseTask(PoseTaskOptions options)
    {
        oks = new OksPerformance(options.Sigmas);
        jointWeights = options.JointWeights is { } weights ? new JointConstants(weights) : null;
        soft = options.SoftPerformance;
        correctFrom = options.CorrectFrom is { } least ? Scalars.Of(least) : null;
        Factor = Scalars.Of(options.DistillationFactor);
        (Beta, Kernel) = (options.Beta, options.Kernel);
    }

    private protected Scalar Factor { get; }

    private protected double Beta { get; }

    private protected KernelImplementation Kernel { get; }

    /// <inheritdoc/>
    /// <returns>A <see cref="PoseAssessment"/>.</returns>
    /// <exception cref="ArgumentException">The student's answer or the targets have another form than stated.</exception>
    public Assessment Assess(in AssessmentArguments<PoseAnswer, PoseTarget> arguments)
    {
        var targets = arguments.Targets;
        PoseComparison.Require(arguments, oks.Joints);
        var mask = Weights(arguments.Student, targets).gt(Scalars.Zero);
        PoseAnswer[] answers = [arguments.Student, .. arguments.Mentors];
        var type = arguments.Student.Tensors[0].FullPrecision();
        var judged = stack(answers.Select(answer => answer.Covered(mask, alone: false)));
        var finite = stack(answers.Select(answer => answer.Finite()));
        var positions = stack(answers.Select(answer => answer.Positions(soft).to_type(type)));

        var similarities = oks.PerJoint(positions, targets.Joints, targets.Areas).masked_fill(judged.logical_and(finite).logical_not(), Scalars.Zero);
        var usable = finite.logical_or(judged.logical_not()).all(2);
        var counted = mask.any(1);
        var unknown = usable.logical_and(counted).logical_not();
        var perSample = OksPerformance.Mean(similarities, judged).masked_fill(unknown, Scalars.Zero);
        return new PoseAssessment
        {
            Performances = arguments.Granularity == PerformanceGranularity.Batch ? OfBatch(perSample, unknown) : perSample,
            Correct = correctFrom is null ? null : perSample.ge(correctFrom).logical_and(unknown.logical_not()),
            Usable = usable,
            Counted = counted,
            JointSimilarities = similarities,
            Judged = judged,
        };
    }

    /// <inheritdoc/>
    public abstract Tensor TaskLoss(PoseAnswer student, PoseTarget targets);

    /// <inheritdoc/>
    public abstract DistillationLoss Distill(in DistillationArguments<PoseAnswer, PoseTarget> arguments);

    /// <summary>Releases what the task keeps on the device.</summary>
    public void Dispose()
    {
        oks.Dispose();
        jointWeights?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The truth's weight of each joint <c>[B, K]</c>; 0 masks it everywhere.</summary>
    private protected abstract Tensor Weights(PoseAnswer student, PoseTarget targets);

    /// <summary>Weights of joints, given in advance or those that could be drawn, without what is not annotated.</summary>
    private protected Tensor Weights(PoseTarget targets, Tensor? given, Func<Tensor, Tensor, Tensor> kept)
    {
        var visible = targets.Visible();
        var weights = given ?? kept(targets.KnownJoints(), Configured(targets, visible));
        return weights.masked_fill(visible.logical_not(), Scalars.Zero);
    }

    /// <summary>How much each mentor's joint counts in the distillation loss, <c>[M, B, K]</c>: its weight over the number of joints that it teaches.</summary>
    private protected Tensor RowWeights(in DistillationArguments<PoseAnswer, PoseTarget> arguments)
    {
        using var free = no_grad();
        var mask = Weights(arguments.Student, arguments.Targets).gt(Scalars.Zero);
        var taught = stack(arguments.Mentors.Select(mentor => mentor.Covered(mask, alone: true)));
        return arguments.Weights.mul(Factor).unsqueeze(2) * JointDivergence.MeanOver(taught, arguments.Weights.dtype);
    }

    private Tensor Configured(PoseTarget targets, Tensor visible)
    {
        var one = visible.to_type(targets.Joints.FullPrecision());
        return jointWeights is null ? one : one * jointWeights.Like(one);
    }

    private static Tensor OfBatch(Tensor perSample, Tensor unknown)
    {
        var known = unknown.logical_not().sum(1, keepdim: true, type: perSample.dtype).clamp_min(Scalars.One);
        return (perSample.sum(1, keepdim: true) / known).expand_as(perSample).masked_fill(unknown, Scalars.Zero);
    }
}
