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

    /// <summary>This minus another sample over the seeds of both; null: fewer than two.</summary>
    public Difference? Minus(Sample other)
    {
        double[] differences = [.. BySeed.Where(own => other.BySeed.ContainsKey(own.Key)).Select(own => own.Value - other.BySeed[own.Key])];
        if (differences.Length < 2)
            return null;
        var quantile = StudentT.InvCDF(0, 1, differences.Length - 1, 0.975);
        return new(differences.Mean(), quantile * differences.StandardDeviation() / Math.Sqrt(differences.Length));
    }
}

/// <summary>A paired difference and its 95 % interval.</summary>
/// <param name="Mean">The mean of the differences.</param>
/// <param name="HalfWidth">Half the width of the interval (Student's t).</param>
internal sealed record Difference(double Mean, double HalfWidth)
{
    public bool IsAbove => Mean - HalfWidth > 0;

    public bool IsBelow => Mean + HalfWidth < 0;
}
