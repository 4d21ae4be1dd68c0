using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary><see cref="MultiMentorDivergence"/> in tensor operations, mentor by mentor.</summary>
internal static class ReferenceDivergence
{
    public static DivergenceParts Compute(in DivergenceInput input, bool differentiate)
    {
        using var scope = NewDisposeScope();
        using var beta = input.Scale.ToScalar();
        var nothing = zeros(1, input.Student.dtype, input.Student.device);
        var gradient = differentiate ? zeros_like(input.Student) : null;
        var perMentor = new Tensor[input.Mentors.Count];
        for (var m = 0; m < perMentor.Length; m++)
        {
            using var mentorScope = NewDisposeScope();
            var weight = input.Weights.select(0, m);
            var taught = weight.ne(Scalars.Zero);
            var mentorTemperature = input.Temperatures.select(0, m);
            var studentTemperature = input.StudentTemperatures.select(0, m);
            var mentor = Soften(input.Mentors[m], beta, mentorTemperature);
            var student = Soften(input.Student, beta, studentTemperature);
            var mentorShare = mentor.exp();

            // Chosen, not multiplied: 0 * NaN is NaN.
            var divergence = (mentorShare * (mentor - student)).sum(1);
            perMentor[m] = where(taught, weight * mentorTemperature * studentTemperature * divergence, nothing).MoveToOuterDisposeScope();
            if (gradient is null)
                continue;
            var slope = (student.exp() - mentorShare) * (weight * mentorTemperature).mul(beta).unsqueeze(1);
            gradient.add_(where(taught.unsqueeze(1), slope, nothing), Scalars.One);
        }

        var table = stack(perMentor);
        return new DivergenceParts(
            table.sum(dim: 0).MoveToOuterDisposeScope(), table.MoveToOuterDisposeScope(), gradient?.MoveToOuterDisposeScope());
    }

    private static Tensor Soften(Tensor logits, Scalar beta, Tensor temperature) =>
        special.log_softmax(logits.mul(beta) / temperature.unsqueeze(1), 1);
}
