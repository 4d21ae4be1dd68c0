namespace ClassroomKD.Vision;

/// <summary>How the rows of a matrix vary, their masked elements left out.</summary>
internal static class Variation
{
    /// <summary>A root of the mean square that is this part of the numbers' own or less is their rounding.</summary>
    private static readonly Scalar Rounding = Scalars.Of(1e-12);

    /// <summary>Each element less its row's mean, 0 where it is masked; and whether the row varies by more than rounding,
    /// <c>[rows, 1]</c>.</summary>
    public static (Tensor Centered, Tensor Varies) Of(Tensor rows, Tensor masked)
    {
        var kept = rows.masked_fill(masked, Scalars.Zero);
        var centered = kept.sub(kept.sum(1, keepdim: true).PerUnmasked(masked)).masked_fill(masked, Scalars.Zero);
        var (spread, size) = (centered.detach(), kept.detach());
        return (centered, spread.mul(spread).sum(1, keepdim: true).gt(size.mul(size).sum(1, keepdim: true).mul(Rounding)));
    }
}
