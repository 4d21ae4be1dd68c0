using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Draws the shares of mixup and cutmix from Beta(alpha, alpha).</summary>
internal static class BetaDistribution
{
    public static double Draw(ref SplitMix64 random, double alpha)
    {
        var (first, second) = (Gamma(ref random, alpha), Gamma(ref random, alpha));
        // At a tiny alpha both may be 0; the distribution is then nearly that of a coin.
        return first + second > 0 ? first / (first + second) : random.Below(2);
    }

    /// <summary>Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26(3), 2000.</summary>
    private static double Gamma(ref SplitMix64 random, double shape)
    {
        if (shape < 1)
            return Gamma(ref random, shape + 1) * Math.Pow(1 - random.Unit(), 1 / shape);
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(ref random);
            var v = 1 + c * x;
            v = v * v * v;
            if (v > 0 && Math.Log(1 - random.Unit()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }

    /// <summary>Box and Muller.</summary>
    private static double Normal(ref SplitMix64 random)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.Unit()));
        return radius * Math.Cos(2 * Math.PI * random.Unit());
    }
}
