namespace ClassroomKD.Pose;

/// <summary>Makes the profile of a heatmap along an axis, its highest values, into the bins that a SimCC head would answer.</summary>
/// <remarks>
/// A Gaussian of spread s becomes one of the bins' spread, of the same height and place: its logarithm is a parabola, read exactly between
/// the cells and made steeper. Each peak is narrowed by itself, so that two places of different height stay as high as they were.
/// </remarks>
internal static class HeatmapProfile
{
    // Values below it count as it, as in the log-parabola decoder.
    private static readonly Scalar Floor = Scalars.Of(1e-3);

    /// <summary>Bins <c>[B, K, bins]</c> of a profile <c>[B, K, cells]</c>.</summary>
    /// <param name="profile">Values in cells.</param>
    /// <param name="sigma">Spread in cells.</param>
    /// <param name="binsPerCell">How many bins a cell is wide.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="binSigma">Spread in bins.</param>
    public static Tensor InBins(Tensor profile, double sigma, double binsPerCell, int bins, double binSigma)
    {
        var cells = profile.size(2);
        var line = Resampling.Along(profile.clamp_min(Floor).log(), Resampling.Linear(cells, bins, 1 / binsPerCell, profile));
        // A straight line between two points of the parabola -x² / (2 sigma²) lies t (1 - t) / (2 sigma²) below it.
        var at = Arithmetic.Index(bins, profile).div(Scalars.Of(binsPerCell)).clamp_max(Scalars.Of(cells - 1));
        var t = at.sub(at.floor());
        var log = line.add(t.sub(t.Squared()), Scalars.Of(.5 / (sigma * sigma)));

        var steeper = Scalars.Of(Math.Pow(sigma * binsPerCell / binSigma, 2));
        var reach = (long)Math.Round(3 * sigma * binsPerCell);
        var peak = nn.functional.max_pool1d(log, 2 * reach + 1, 1, reach);
        return peak.add(log.sub(peak), steeper).exp();
    }
}
