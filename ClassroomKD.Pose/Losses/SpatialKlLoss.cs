using ClassroomKD.Kernels;

namespace ClassroomKD.Pose;

/// <summary>
/// How far a student's belief about each joint's place is from a mentor's: <c>T² KL(softmax(beta m / T) || softmax(beta s / T))</c> over H
/// and W, or over bins with x and y added; per sample the mean over the joints taught, all alike.
/// </summary>
/// <remarks>
/// Heatmaps peak at 1, so that a softmax over 3072 cells would be almost uniform; beta sharpens it. Half precision is computed in float32.
/// The tasks compute all mentors in one pass.
/// </remarks>
public sealed class SpatialKlLoss : IPoseDistillationLoss<Tensor>, IPoseDistillationLoss<SimccAnswer>
{
    private readonly double beta;

    /// <summary>Creates a loss of one sharpness.</summary>
    /// <param name="beta">What both answers are multiplied by. Default 10.</param>
    /// <exception cref="ArgumentException">Beta is not above 0.</exception>
    public SpatialKlLoss(double beta = 10)
    {
        Expect.AboveZero(beta, "beta", nameof(beta));
        this.beta = beta;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseDistillationArguments<Tensor> arguments)
    {
        using var scope = NewDisposeScope();
        Expect.Heatmaps(arguments.Student, nameof(arguments.Student));
        Expect.Same(arguments.Student, arguments.Mentor, nameof(arguments.Mentor));
        return Axis(arguments.Student.flatten(2), arguments.Mentor.flatten(2), arguments).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseDistillationArguments<SimccAnswer> arguments)
    {
        using var scope = NewDisposeScope();
        var x = Axis(arguments.Student.X, arguments.Mentor.X, arguments);
        return x.add(Axis(arguments.Student.Y, arguments.Mentor.Y, arguments), Scalars.One).MoveToOuterDisposeScope();
    }

    /// <summary>All mentors in one pass over each axis, weighted.</summary>
    /// <param name="student">Each axis <c>[B, K, C]</c>: the cells of heatmaps, or the bins of x and of y.</param>
    /// <param name="mentors">The same of each mentor.</param>
    /// <param name="taught">Which joints each teaches, Boolean <c>[M, B, K]</c>.</param>
    /// <param name="arguments">Weights and temperatures.</param>
    /// <param name="kernel">Who computes it.</param>
    internal DistillationLoss OfAll(
        Tensor[] student, IReadOnlyList<Tensor[]> mentors, Tensor taught, in DistillationArguments arguments, KernelImplementation kernel)
    {
        var weights = arguments.Weights.unsqueeze(2) * JointDivergence.MeanOver(taught, arguments.Weights.dtype);
        var (temperatures, own) = (arguments.Temperatures, arguments.StudentTemperatures);
        DistillationLoss Along(Tensor axis, int a) =>
            JointDivergence.Total(axis, [.. mentors.Select(axes => axes[a])], weights, temperatures, own, beta, kernel);
        return student.Select(Along).Aggregate(static (x, y) => new DistillationLoss
        {
            Total = x.Total.add(y.Total, Scalars.One),
            PerMentor = x.PerMentor.add(y.PerMentor, Scalars.One),
        });
    }

    private Tensor Axis<TMaps>(Tensor student, Tensor mentor, in PoseDistillationArguments<TMaps> arguments)
    {
        Expect.Bins(student, mentor, arguments.Weights);
        Expect.OnePerSample(arguments.Temperatures, student.size(0), "a temperature", nameof(arguments.Temperatures));
        Expect.OnePerSample(arguments.StudentTemperatures, student.size(0), "a temperature", nameof(arguments.StudentTemperatures));
        var mean = JointDivergence.MeanOver(arguments.Weights.gt(Scalars.Zero), student.FullPrecision()).unsqueeze(0);
        Tensor Row(Tensor temperatures) => temperatures.to_type(mean.dtype).unsqueeze(0);
        var own = ReferenceEquals(arguments.StudentTemperatures, arguments.Temperatures) ? null : Row(arguments.StudentTemperatures);
        return JointDivergence.PerSample(student, mentor, mean, Row(arguments.Temperatures), own, beta);
    }
}
