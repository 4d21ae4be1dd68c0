using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>The task of a student that answers with SimCC bins; its mentors answer with SimCC, or with heatmaps of any size and convention.</summary>
/// <remarks>
/// The truth is drawn by the student's own codec. The loss against it is <see cref="KlDiscretLoss"/>, per sample
/// <c>(1/K) sum_k w (KLx + KLy) / bins</c>; as published it is summed over the batch, so that the published value is B times the mean here, and
/// a lesson does not depend on the size of its batch. The loss against a mentor is per sample
/// <c>T² (KLx + KLy)</c>, summed over bins, mean over the visible joints. A mentor with other bins is read linearly at the student's; a
/// heatmap mentor counts as the bins that a head of the student's codec should answer with the same belief: the expected Gaussian of
/// x and of y.
/// </remarks>
public sealed class SimccTask : PoseTask
{
    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: COCO's joints, beta 10.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range; the message names it.</exception>
    public SimccTask(SimccTaskOptions? options = null)
        : base(Valid(options ?? new()))
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The student did not answer with SimCC bins, or the targets' do not fit them.</exception>
    public override Tensor TaskLoss(PoseAnswer student, PoseTarget targets)
    {
        var pose = Simcc(student);
        var weights = Weights(student, targets);
        // Rows of weight 0 are not looked at, so labels may hold anything there.
        var labels = targets.Bins?.Labels ?? pose.Codec.Encode(targets.KnownJoints(), weights).Labels;
        return KlDiscretLoss.PerSample(pose.Bins, labels, weights, Beta);
    }

    /// <inheritdoc/>
    public override DistillationLoss Distill(in DistillationArguments<PoseAnswer, PoseTarget> arguments)
    {
        var student = Simcc(arguments.Student);
        var mentors = arguments.Mentors.Select(mentor => mentor.AsBins(student.Codec)).ToArray();
        var weights = RowWeights(arguments);
        var x = JointDivergence.Compute(
            student.Bins.X, [.. mentors.Select(bins => bins.X)], weights, arguments.Temperatures, arguments.StudentTemperatures, Beta, Kernel);
        var y = JointDivergence.Compute(
            student.Bins.Y, [.. mentors.Select(bins => bins.Y)], weights, arguments.Temperatures, arguments.StudentTemperatures, Beta, Kernel);
        return new DistillationLoss
        {
            PerSample = x.PerSample.add(y.PerSample, Scalars.One),
            PerMentor = x.PerMentor.add(y.PerMentor, Scalars.One),
        };
    }

    private protected override Tensor Weights(PoseAnswer student, PoseTarget targets) =>
        Weights(targets, targets.Bins?.Weights, Simcc(student).Codec.Kept);

    private static SimccPose Simcc(PoseAnswer student) => student as SimccPose
        ?? throw new ArgumentException($"Expected a student that answers with SimCC bins, found {student?.GetType().Name ?? "nothing"}; heatmap students have the {nameof(HeatmapTask)}.");

    private static SimccTaskOptions Valid(SimccTaskOptions options)
    {
        PoseTaskRules.ThrowIfInvalid(new SimccTaskOptionsValidator(), options);
        return options;
    }
}
