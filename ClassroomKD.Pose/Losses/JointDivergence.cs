using ClassroomKD.Kernels;

namespace ClassroomKD.Pose;

/// <summary>Rows of soft pose losses, one per sample and joint: <c>w T² KL(softmax(beta m / T) || softmax(beta s / T))</c>.</summary>
internal static class JointDivergence
{
    /// <summary>The sum over mentors, samples and joints, over the last dimension.</summary>
    /// <param name="student"><c>[B, K, C]</c>.</param>
    /// <param name="mentors">M tensors <c>[B, K, C]</c>, of any content where their weight is 0.</param>
    /// <param name="weights">w <c>[M, B, K]</c>; a joint of weight 0 is left out.</param>
    /// <param name="temperatures">T <c>[M, B]</c>.</param>
    /// <param name="studentTemperatures">The student's, <c>[M, B]</c>, where they differ.</param>
    /// <param name="beta">Above 0.</param>
    /// <param name="kernel">Who computes it.</param>
    public static DistillationLoss Total(
        Tensor student, IReadOnlyList<Tensor> mentors, Tensor weights, Tensor temperatures, Tensor? studentTemperatures, double beta,
        KernelImplementation kernel)
    {
        var result = Compute(student, mentors, weights, temperatures, studentTemperatures, beta, kernel, nn.Reduction.Sum);
        var perMentor = result.PerMentor.reshape(-1, student.size(0), student.size(1)).sum(2);
        return new DistillationLoss { Total = result.Loss, PerMentor = perMentor };
    }

    /// <summary>The sum over joints of one mentor, <c>[B]</c>, differentiable in the student; arguments as for several mentors.</summary>
    public static Tensor PerSample(
        Tensor student, Tensor mentor, Tensor weights, Tensor temperatures, Tensor? studentTemperatures, double beta) =>
        Compute(student, [mentor], weights, temperatures, studentTemperatures, beta, KernelImplementation.Auto, nn.Reduction.None)
            .Loss.reshape(student.size(0), student.size(1)).sum(1);

    /// <summary>The weights of a mean over the joints of a mask <c>[..., K]</c>: 1 / their number, and 0 elsewhere.</summary>
    public static Tensor MeanOver(Tensor mask, ScalarType type)
    {
        var one = mask.to_type(type);
        return one / one.sum(-1, true).clamp_min(Scalars.One);
    }

    private static MultiMentorDivergenceResult Compute(
        Tensor student, IReadOnlyList<Tensor> mentors, Tensor weights, Tensor temperatures, Tensor? studentTemperatures, double beta,
        KernelImplementation kernel, nn.Reduction reduction)
    {
        Tensor PerRow(Tensor perSample) => perSample.unsqueeze(2).expand(-1, -1, student.size(1)).flatten(1);
        return MultiMentorDivergence.Compute(new MultiMentorDivergenceArguments
        {
            Student = student.flatten(0, 1),
            Mentors = [.. mentors.Select(mentor => mentor.flatten(0, 1))],
            Weights = weights.flatten(1),
            Temperatures = PerRow(temperatures),
            StudentTemperatures = studentTemperatures is null ? null : PerRow(studentTemperatures),
            Scale = beta,
            Reduction = reduction,
            Implementation = kernel,
        });
    }
}
