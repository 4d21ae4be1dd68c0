using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>The task of a student with heatmaps. Its mentors answer with heatmaps of any size and convention, or with SimCC.</summary>
/// <remarks>
/// The truth is drawn by the student's own codec, see <see cref="HeatmapPose"/>. A mentor's heatmaps of another size or convention are read
/// bilinearly at the student's cells. A SimCC mentor counts as the heatmaps that a network trained by squared error would answer with the
/// same belief: the expected Gaussian, a product of x and y.
/// </remarks>
public sealed class HeatmapTask : PoseTask
{
    private readonly IPoseLoss<Tensor> loss;
    private readonly IPoseDistillationLoss<Tensor> distillation;

    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: COCO's joints, HRNet's loss, spatial KL with beta 10.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range; the message names it.</exception>
    public HeatmapTask(HeatmapTaskOptions? options = null)
        : base(options = new HeatmapTaskOptionsValidator().ThrowIfInvalid(options ?? new()))
    {
        loss = options.Loss ?? new JointsMseLoss();
        distillation = options.Distillation ?? new SpatialKlLoss();
    }

    private protected override IDistillationStep Start(in StepArguments<PoseAnswer, PoseTarget> arguments) =>
        new Step(arguments, Settings, Student<HeatmapPose>(arguments.Student, "heatmaps", "SimccTask"), loss, distillation);

    private sealed class Step(
        in StepArguments<PoseAnswer, PoseTarget> batch, PoseTaskSettings settings, HeatmapPose student, IPoseLoss<Tensor> loss,
        IPoseDistillationLoss<Tensor> distillation) : PoseStep<Tensor>(batch, settings, student.Heatmaps, loss, distillation)
    {
        protected override (Tensor Maps, Tensor Weights)? Given(PoseTarget targets) =>
            targets.Heatmaps is { } given ? (given.Heatmaps, given.Weights) : null;

        protected override (Tensor Maps, Tensor Weights) Draw(Tensor joints, Tensor weights)
        {
            var (maps, kept) = student.Codec.Encode(joints, weights, student.Geometry);
            return (maps, kept);
        }

        protected override Tensor InStudentsForm(PoseAnswer mentor) => mentor.AsHeatmaps(student.Geometry, student.Codec);

        protected override Tensor Without(Tensor maps, Tensor hidden) =>
            maps.masked_fill(hidden.unsqueeze(-1).unsqueeze(-1), Scalars.Zero);

        protected override Tensor[] Axes(Tensor maps) => [maps.flatten(2)];
    }
}
