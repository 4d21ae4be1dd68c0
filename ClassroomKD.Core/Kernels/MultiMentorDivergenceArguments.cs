namespace ClassroomKD.Kernels;

/// <summary>
/// What <see cref="MultiMentorDivergence"/> compares: R rows of C logits of one student with those of M mentors. All tensors are on
/// one device. Only <see cref="Student"/> is differentiated; everything else is taken as constant.
/// </summary>
public readonly struct MultiMentorDivergenceArguments
{
    /// <summary>Arguments with every optional member at its default.</summary>
    public MultiMentorDivergenceArguments()
    {
    }

    /// <summary>The student's logits <c>[R, C]</c>, of any floating type: finite, or negative infinity for a masked class.</summary>
    public required Tensor Student { get; init; }

    /// <summary>M tensors of logits <c>[R, C]</c>, at least one. A row whose weight is 0 may hold anything, NaN included.</summary>
    public required IReadOnlyList<Tensor> Mentors { get; init; }

    /// <summary>How much each mentor's row counts <c>[M, R]</c>. Exactly 0 leaves the row out.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The mentors' temperatures <c>[M, R]</c>, above 0. Not looked at where the weight is 0.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>
    /// The student's temperature towards each mentor <c>[M, R]</c>, above 0, for methods in which it differs (DTKD).
    /// </summary>
    /// <value><c>null</c>: the same as <see cref="Temperatures"/>.</value>
    public Tensor? StudentTemperatures { get; init; }

    /// <summary>beta in <c>softmax(beta z / T)</c>, for answers that are no logits yet and have to be sharpened; above 0.</summary>
    /// <value>1</value>
    public double Scale { get; init; } = 1;

    /// <summary>What <see cref="MultiMentorDivergenceResult.Loss"/> is: each row's loss, their mean, or their sum. For a loss that is one
    /// number, autograd has less to do.</summary>
    /// <value><see cref="nn.Reduction.None"/></value>
    public nn.Reduction Reduction { get; init; } = nn.Reduction.None;

    /// <summary>Who computes it.</summary>
    /// <value><see cref="KernelImplementation.Auto"/></value>
    public KernelImplementation Implementation { get; init; } = KernelImplementation.Auto;

    /// <summary>The gradient of the reduced loss with respect to each row's.</summary>
    internal double Upstream => Reduction == nn.Reduction.Mean ? 1.0 / Student.size(0) : 1;

    /// <summary>The same logits and tables in the type of the student's, which an implementation computes in.</summary>
    /// <param name="student">The student's logits in that type.</param>
    internal MultiMentorDivergenceArguments InTypeOf(Tensor student)
    {
        var type = student.dtype;
        var temperatures = ComputeType.Cast(Temperatures, type);
        return this with
        {
            Student = student,
            Mentors = ComputeType.CastAll(Mentors, type),
            Weights = ComputeType.Cast(Weights, type),
            Temperatures = temperatures,
            StudentTemperatures = StudentTemperatures is { } own ? ComputeType.Cast(own, type) : temperatures,
        };
    }
}
