using System.Runtime.CompilerServices;

namespace ClassroomKD.Vision;

/// <summary>Operations that the losses on logits share.</summary>
internal static class LogitsExtensions
{
    private static readonly Scalar Mask = Scalars.Of(double.NegativeInfinity);

    /// <summary>Where logits mask a class with negative infinity.</summary>
    public static Tensor Masks(this Tensor logits) => logits.detach().eq(Mask);

    /// <summary>Where student or mentor masks a class, so that it counts for nothing between them.</summary>
    public static Tensor MaskedWith(this Tensor student, Tensor mentor) => student.Masks().logical_or(mentor.Masks());

    /// <summary>The logits with negative infinity where <paramref name="masked"/>: a softmax gives 0 there.</summary>
    public static Tensor Without(this Tensor logits, Tensor masked) => logits.masked_fill(masked, Mask);

    /// <summary>Rows divided by how many of their elements are not masked; by 1 where all are.</summary>
    public static Tensor PerUnmasked(this Tensor sums, Tensor masked) =>
        sums.div(masked.logical_not().sum(1, keepdim: sums.dim() == 2).clamp_min(Scalars.One));

    /// <summary>Throws if a tensor of a loss is null, by its name.</summary>
    public static void RequireAll(ReadOnlySpan<Tensor?> tensors, [CallerArgumentExpression(nameof(tensors))] string names = "")
    {
        for (var i = 0; i < tensors.Length; i++)
            ArgumentNullException.ThrowIfNull(tensors[i], names.Trim('[', ']').Split(", ")[i]);
    }

    /// <summary>The weight of a part of a loss, if it is finite.</summary>
    public static double Finite(double weight, [CallerArgumentExpression(nameof(weight))] string name = "") => double.IsFinite(weight)
        ? weight
        : throw new ArgumentOutOfRangeException(name, weight, "Expected a finite weight.");

    /// <summary>Divides each row <c>[B, C]</c> by its own temperature <c>[B]</c>.</summary>
    public static Tensor Tempered(this Tensor logits, Tensor temperatures) => logits.div(temperatures.unsqueeze(1));

    /// <summary>KL(softmax(mentor) || softmax(student)) of each row over the classes that are not masked, finite for all finite
    /// logits.</summary>
    public static Tensor KullbackLeiblerTo(this Tensor mentor, Tensor student, Tensor masked)
    {
        var (log, own) = (mentor.LogShares(masked), student.LogShares(masked));
        return log.exp().mul(log.sub(own)).masked_fill(masked, Scalars.Zero).sum(1);
    }

    /// <summary>The log-softmax of each row over the classes that are not masked, 0 at the others.</summary>
    public static Tensor LogShares(this Tensor logits, Tensor masked)
    {
        // A row of which all is masked would be NaN, and its gradient too.
        var shown = logits.Without(masked).masked_fill(masked.all(1, keepdim: true), Scalars.Zero);
        return shown.log_softmax(1).masked_fill(masked, Scalars.Zero);
    }
}
