using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>The task of a student that answers with heatmaps; its mentors answer with heatmaps of any size and convention, or with SimCC.</summary>
/// <remarks>
/// The truth is drawn by the student's own codec, see <see cref="HeatmapPose"/>. Losses are per sample as stated at
/// <see cref="HeatmapTaskOptions"/>, and their mean over the batch is the published one. A mentor's heatmaps of another size or convention are
/// read bilinearly at the student's cells. A SimCC mentor counts as the heatmaps that a network trained by squared error would answer with
/// the same belief: the expected Gaussian, a product of x and y.
/// </remarks>
public sealed class HeatmapTask : PoseTask
{
    private readonly HeatmapLoss loss;
    private readonly int hardest;
    private readonly HeatmapDistillation distillation;
    private readonly Scalar mentorsShare;
    private readonly Scalar truthsShare;

    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: COCO's joints, HRNet's loss, spatial KL with beta 10.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range; the message names it.</exception>
    public HeatmapTask(HeatmapTaskOptions? options = null)
        : base(Valid(options ??= new()))
    {
        (loss, hardest, distillation) = (options.Loss, options.HardestJoints, options.Distillation);
        mentorsShare = Scalars.Of(options.FastPoseShare);
        truthsShare = Scalars.Of(1 - options.FastPoseShare);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The student did not answer with heatmaps, or the targets' do not fit them.</exception>
    public override Tensor TaskLoss(PoseAnswer student, PoseTarget targets)
    {
        var pose = Heatmaps(student);
        var weights = Weights(student, targets);
        var truth = targets.Heatmaps?.Heatmaps ?? pose.Codec.Encode(targets.KnownJoints(), weights, pose.Geometry).Heatmaps;
        truth = truth.masked_fill(Hidden(weights), Scalars.Zero);
        var perSample = loss switch
        {
            HeatmapLoss.KeypointMse => KeypointMseLoss.PerSample(pose.Heatmaps, truth, weights),
            HeatmapLoss.JointsOhkm => OhkmLoss.PerSample(pose.Heatmaps, truth, weights, hardest),
            HeatmapLoss.KeypointOhkm => OhkmLoss.PerSample(pose.Heatmaps, truth, weights, hardest, halved: false),
            _ => JointsMseLoss.PerSample(pose.Heatmaps, truth, weights),
        };
        return distillation == HeatmapDistillation.FastPose ? perSample.mul(truthsShare) : perSample;
    }

    /// <inheritdoc/>
    public override DistillationLoss Distill(in DistillationArguments<PoseAnswer, PoseTarget> arguments)
    {
        var student = Heatmaps(arguments.Student);
        var mentors = arguments.Mentors.Select(mentor => mentor.AsHeatmaps(student.Geometry, student.Codec)).ToArray();
        return distillation == HeatmapDistillation.FastPose
            ? FastPose(arguments, student, mentors)
            : JointDivergence.Compute(
                student.Heatmaps.flatten(2), [.. mentors.Select(maps => maps.flatten(2))], RowWeights(arguments),
                arguments.Temperatures, arguments.StudentTemperatures, Beta, Kernel);
    }

    private protected override Tensor Weights(PoseAnswer student, PoseTarget targets)
    {
        var pose = Heatmaps(student);
        return Weights(targets, targets.Heatmaps?.Weights, (joints, weights) => pose.Codec.Kept(joints, weights, pose.Geometry));
    }

    private DistillationLoss FastPose(in DistillationArguments<PoseAnswer, PoseTarget> arguments, HeatmapPose student, Tensor[] mentors)
    {
        var weights = Weights(student, arguments.Targets);
        var taught = RowWeights(arguments).ne(Scalars.Zero);
        var total = zeros_like(arguments.Weights.select(0, 0));
        var parts = new Tensor[mentors.Length];
        for (var m = 0; m < mentors.Length; m++)
        {
            var joints = weights * taught.select(0, m);
            var maps = mentors[m].masked_fill(Hidden(joints), Scalars.Zero);
            var part = JointsMseLoss.PerSample(student.Heatmaps, maps, joints).mul(mentorsShare) * arguments.Weights.select(0, m).mul(Factor);
            total = total.add(part, Scalars.One);
            parts[m] = part.detach();
        }
        return new DistillationLoss { PerSample = total, PerMentor = stack(parts) };
    }

    private static Tensor Hidden(Tensor weights) => weights.eq(Scalars.Zero).unsqueeze(-1).unsqueeze(-1);

    private static HeatmapPose Heatmaps(PoseAnswer student) => student as HeatmapPose
        ?? throw new ArgumentException($"Expected a student that answers with heatmaps, found {student?.GetType().Name ?? "nothing"}; SimCC students have the {nameof(SimccTask)}.");

    private static HeatmapTaskOptions Valid(HeatmapTaskOptions options)
    {
        PoseTaskRules.ThrowIfInvalid(new HeatmapTaskOptionsValidator(), options);
        return options;
    }
}
