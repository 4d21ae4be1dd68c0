using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>Softmax-KL from several mentors at once: <c>sum_m w T² KL(softmax(beta z_m / T) || softmax(beta z_0 / T))</c> for each row.</summary>
internal static class MultiMentorDivergence
{
    public static DistillationLoss Compute(
        Tensor student, IReadOnlyList<Tensor> mentors, Tensor weights, Tensor temperatures, Tensor? studentTemperatures)
    {
        Tensor? total = null;
        var parts = new Tensor[mentors.Count];
        for (var m = 0; m < parts.Length; m++)
        {
            var weight = weights.select(0, m);
            var mentorT = temperatures.select(0, m).unsqueeze(1);
            var studentT = studentTemperatures is null ? mentorT : studentTemperatures.select(0, m).unsqueeze(1);
            // A mentor without weight may have answered NaN, and 0 x NaN is NaN.
            var logits = mentors[m].to(student.dtype).masked_fill(weight.eq(Scalars.Zero).unsqueeze(1), Scalars.Zero);
            var divergence = Divergence(logits.div(mentorT).log_softmax(1), student.div(studentT).log_softmax(1));
            var part = divergence.mul(mentorT.mul(studentT).squeeze(1)).mul(weight);
            total = total is null ? part : total.add(part, Scalars.One);
            parts[m] = part.detach();
        }
        return new DistillationLoss { PerSample = total!, PerMentor = stack(parts) };
    }

    // KL = sum p d, d = log p - log q. Its terms are large and of both signs where the sum is small, as it is at high temperatures, and T²
    // then magnifies what rounding left. As sum p = sum q = 1, it is also sum (p d + q - p), whose terms are small and never negative.
    private static Tensor Divergence(Tensor logP, Tensor logQ)
    {
        var p = logP.exp();
        var d = logP.sub(logQ);
        var excess = p.mul(d.clamp_min(Scalars.MinusOne).neg().expm1());
        return p.mul(d).add(excess.where(d.ge(Scalars.MinusOne), logQ.exp().sub(p)), Scalars.One).sum(1);
    }
}
