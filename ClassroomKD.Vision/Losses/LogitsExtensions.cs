using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>What the losses on logits share.</summary>
internal static class LogitsExtensions
{
    /// <summary>Half types cannot hold a sum over a thousand classes; losses are computed in float32 at least.</summary>
    public static Tensor AtLeastSingle(this Tensor logits) =>
        logits.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;

    /// <summary>Divides each row <c>[B, C]</c> by its own temperature <c>[B]</c>.</summary>
    public static Tensor Tempered(this Tensor logits, Tensor temperatures) => logits.div(temperatures.unsqueeze(1));

    /// <summary>KL(softmax(mentor) || softmax(student)) of each row, finite for all finite logits.</summary>
    public static Tensor KullbackLeiblerTo(this Tensor mentor, Tensor student)
    {
        var log = mentor.log_softmax(1);
        return log.exp().mul(log.sub(student.log_softmax(1))).sum(1);
    }
}
