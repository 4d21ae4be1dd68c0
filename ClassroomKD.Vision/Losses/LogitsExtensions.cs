using System.Runtime.CompilerServices;

namespace ClassroomKD.Vision;

/// <summary>Operations that the losses on logits share.</summary>
internal static class LogitsExtensions
{
    /// <summary>Throws if a tensor of a loss is null.</summary>
    public static void RequireAll(params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
            ArgumentNullException.ThrowIfNull(tensor);
    }

    /// <summary>The weight of a part of a loss, if it is finite.</summary>
    public static double Finite(double weight, [CallerArgumentExpression(nameof(weight))] string name = "") => double.IsFinite(weight)
        ? weight
        : throw new ArgumentOutOfRangeException(name, weight, "Expected a finite weight.");

    /// <summary>Divides each row <c>[B, C]</c> by its own temperature <c>[B]</c>.</summary>
    public static Tensor Tempered(this Tensor logits, Tensor temperatures) => logits.div(temperatures.unsqueeze(1));

    /// <summary>KL(softmax(mentor) || softmax(student)) of each row, finite for all finite logits.</summary>
    public static Tensor KullbackLeiblerTo(this Tensor mentor, Tensor student)
    {
        var log = mentor.log_softmax(1);
        return log.exp().mul(log.sub(student.log_softmax(1))).sum(1);
    }
}
