using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>The task of a student with SimCC bins. Its mentors answer with SimCC, or with heatmaps of any size and convention.</summary>
/// <remarks>
/// The truth is drawn by the student's own codec. A lesson is a mean over samples, so that it does not depend on the size of its batch; the
/// published <see cref="KlDiscretLoss"/> is their sum. A mentor with other bins is read linearly at the student's. A heatmap mentor counts
/// as the bins that a head of the student's codec should answer with the same belief: the expected Gaussian of x and of y.
/// </remarks>
public sealed class SimccTask : PoseTask
{
    private readonly IPoseLoss<SimccAnswer> loss;
    private readonly IPoseDistillationLoss<SimccAnswer> distillation;

    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: COCO's joints, RTMPose's loss, spatial KL, both with beta 10.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range; the message names it.</exception>
    public SimccTask(SimccTaskOptions? options = null)
        : base(options = new SimccTaskOptionsValidator().ThrowIfInvalid(options ?? new()))
    {
        loss = options.Loss ?? new KlDiscretLoss();
        distillation = options.Distillation ?? new SpatialKlLoss();
    }

    private protected override IDistillationStep Start(in StepArguments<PoseAnswer, PoseTarget> arguments) =>
        new Step(arguments, Settings, Student<SimccPose>(arguments.Student, "SimCC bins", "HeatmapTask"), loss, distillation);

    private sealed class Step(
        in StepArguments<PoseAnswer, PoseTarget> batch, PoseTaskSettings settings, SimccPose student, IPoseLoss<SimccAnswer> loss,
        IPoseDistillationLoss<SimccAnswer> distillation) : PoseStep<SimccAnswer>(batch, settings, student.Bins, loss, distillation)
    {
        protected override (SimccAnswer Maps, Tensor Weights)? Given(PoseTarget targets) =>
            targets.Bins is { } given ? (given.Labels, given.Weights) : null;

        protected override (SimccAnswer Maps, Tensor Weights) Draw(Tensor joints, Tensor weights)
        {
            var (labels, kept) = student.Codec.Encode(joints, weights);
            return (labels, kept);
        }

        protected override SimccAnswer InStudentsForm(PoseAnswer mentor) => mentor.AsBins(student.Codec);

        protected override SimccAnswer Without(SimccAnswer maps, Tensor hidden)
        {
            var rows = hidden.unsqueeze(-1);
            return new SimccAnswer(maps.X.masked_fill(rows, Scalars.Zero), maps.Y.masked_fill(rows, Scalars.Zero));
        }

        protected override Tensor[] Axes(SimccAnswer maps) => [maps.X, maps.Y];
    }
}
