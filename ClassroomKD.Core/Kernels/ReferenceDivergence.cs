namespace ClassroomKD.Kernels;

/// <summary><see cref="MultiMentorDivergence"/> in tensor operations, mentor by mentor.</summary>
internal static class ReferenceDivergence
{
    private static readonly Scalar Mask = Scalars.Of(double.NegativeInfinity);

    public static DivergenceParts Compute(in MultiMentorDivergenceArguments input, bool differentiate)
    {
        using var scope = NewDisposeScope();
        var (beta, factor) = (Scalars.Of(input.Scale), Scalars.Of(input.Scale * input.Upstream));
        var nothing = zeros(1, input.Student.dtype, input.Student.device);
        var gradient = differentiate ? zeros_like(input.Student) : null;
        var perMentor = new Tensor[input.Mentors.Count];
        for (var m = 0; m < perMentor.Length; m++)
        {
            using var mentorScope = NewDisposeScope();
            var weight = input.Weights.select(0, m);
            var masked = input.Student.eq(Mask).logical_or(input.Mentors[m].eq(Mask));
            var taught = weight.ne(Scalars.Zero).logical_and(masked.logical_not().any(1));
            var mentorTemperature = input.Temperatures.select(0, m);
            var studentTemperature = input.StudentTemperatures!.select(0, m);
            var mentor = input.Mentors[m].masked_fill(masked, Mask).mul(beta) / mentorTemperature.unsqueeze(1);
            var student = input.Student.masked_fill(masked, Mask).mul(beta) / studentTemperature.unsqueeze(1);
            var p = special.softmax(mentor, 1);
            var logQ = special.log_softmax(student, 1);

            // Chosen, not multiplied: 0 * NaN is NaN.
            var ratio = where(masked, nothing, special.log_softmax(mentor, 1) - logQ);
            var divergence = Divergence(p, ratio, logQ);
            perMentor[m] = where(taught, weight * mentorTemperature * studentTemperature * divergence, nothing).MoveToOuterDisposeScope();
            if (gradient is null)
                continue;
            var slope = (special.softmax(student, 1) - p) * (weight * mentorTemperature).mul(factor).unsqueeze(1);
            gradient.add_(where(taught.unsqueeze(1), slope, nothing), Scalars.One);
        }

        var table = stack(perMentor);
        return new DivergenceParts(
            table.sum(dim: 0).MoveToOuterDisposeScope(), table.MoveToOuterDisposeScope(), gradient?.MoveToOuterDisposeScope());
    }

    // KL = sum p d, d = log p - log q. Its terms are large and of both signs where the sum is small, as it is at high temperatures, and T²
    // then magnifies what rounding left. As sum p = sum q = 1, it is also sum (p d + q - p), whose terms are small and never negative.
    private static Tensor Divergence(Tensor p, Tensor d, Tensor logQ)
    {
        var near = p * d.clamp_min(Scalars.MinusOne).neg().expm1();
        return (p * d).add(where(d.ge(Scalars.MinusOne), near, logQ.exp() - p), Scalars.One).sum(1);
    }
}
