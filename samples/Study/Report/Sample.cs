using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Study;

/// <summary>The accuracies of one method over seeds.</summary>
/// <param name="BySeed">The accuracy, in [0, 1], of each seed.</param>
internal sealed record Sample(IReadOnlyDictionary<int, double> BySeed)
{
    public int Count => BySeed.Count;

    public double Mean => BySeed.Values.Mean();

    /// <summary>With n - 1; NaN of one seed.</summary>
    public double Deviation => BySeed.Values.StandardDeviation();

    /// <summary>The mean and its 95 % interval; null: fewer than two seeds.</summary>
    public Difference? Interval => Count < 2
        ? null : new(Mean, StudentT.InvCDF(0, 1, Count - 1, 0.975) * Deviation / Math.Sqrt(Count));

    /// <summary>This minus another sample, seed by seed, over the seeds of both.</summary>
    public Sample Less(Sample other, double times = 1) => new(BySeed
        .Where(own => other.BySeed.ContainsKey(own.Key))
        .ToDictionary(own => own.Key, own => own.Value - times * other.BySeed[own.Key]));

    /// <summary>The paired difference from another sample; null: fewer than two seeds are of both.</summary>
    public Difference? Minus(Sample other) => Less(other).Interval;
}

/// <summary>A paired difference and its 95 % interval.</summary>
/// <param name="Mean">The mean of the differences.</param>
/// <param name="HalfWidth">Half the width of the interval (Student's t).</param>
internal sealed record Difference(double Mean, double HalfWidth)
{
    public bool IsAbove => Mean - HalfWidth > 0;

    public bool IsBelow => Mean + HalfWidth < 0;
}
