using ClassroomKD.Kernels;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>What all soft pose losses are made of: the divergence from several mentors, one row per sample and joint.</summary>
internal static class JointDivergence
{
    /// <summary><c>sum over joints of w T² KL(softmax(beta m / T) || softmax(beta s / T))</c> over the last dimension.</summary>
    /// <param name="student"><c>[B, K, C]</c></param>
    /// <param name="mentors">M tensors <c>[B, K, C]</c>, of any content where their weight is 0</param>
    /// <param name="weights">w <c>[M, B, K]</c>; a joint of weight 0 is left out</param>
    /// <param name="temperatures">T <c>[M, B]</c></param>
    /// <param name="studentTemperatures">the student's, <c>[M, B]</c>, where they differ</param>
    /// <param name="beta">above 0</param>
    /// <param name="kernel">who computes it</param>
    /// <returns><c>[B]</c>, differentiable in the student, and <c>[M, B]</c>, detached; the caller's dispose scope owns them.</returns>
    public static DistillationLoss Compute(
        Tensor student, IReadOnlyList<Tensor> mentors, Tensor weights, Tensor temperatures, Tensor? studentTemperatures, double beta,
        KernelImplementation kernel = KernelImplementation.Auto)
    {
        using var scope = NewDisposeScope();
        var (batch, joints) = (student.size(0), student.size(1));
        Tensor PerRow(Tensor perSample) => perSample.unsqueeze(2).expand(-1, -1, joints).flatten(1);
        var divergence = MultiMentorDivergence.Compute(new MultiMentorDivergenceArguments
        {
            Student = student.flatten(0, 1),
            Mentors = [.. mentors.Select(mentor => mentor.flatten(0, 1))],
            Weights = weights.flatten(1),
            Temperatures = PerRow(temperatures),
            StudentTemperatures = studentTemperatures is null ? null : PerRow(studentTemperatures),
            Scale = beta,
            Implementation = kernel,
        });
        return new DistillationLoss
        {
            PerSample = divergence.Loss.reshape(batch, joints).sum(1).MoveToOuterDisposeScope(),
            PerMentor = divergence.PerMentor.reshape(-1, batch, joints).sum(2).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>The weights of a mean over the joints of a mask <c>[..., K]</c>: 1 / their number, and 0 elsewhere.</summary>
    public static Tensor MeanOver(Tensor mask, ScalarType type)
    {
        var one = mask.to_type(type);
        return one / one.sum(-1, true).clamp_min(Scalars.One);
    }
}
