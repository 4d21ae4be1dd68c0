namespace ClassroomKD;

/// <summary>Tails of the binomial distribution, exact up to rounding.</summary>
internal static class Binomial
{
    /// <summary>The probability of at least this many successes.</summary>
    public static double AtLeast(long successes, long trials, double chance) => Sum(successes, trials, trials, chance);

    /// <summary>The probability of at most this many successes.</summary>
    public static double AtMost(long successes, long trials, double chance) => Sum(0, successes, trials, chance);

    // In logarithms, since the terms span more than a double does.
    private static double Sum(long first, long last, long trials, double chance)
    {
        if (chance <= 0)
            return first <= 0 && last >= 0 ? 1 : 0;
        if (chance >= 1)
            return first <= trials && last >= trials ? 1 : 0;
        var (sum, term, odds) = (0.0, trials * Math.Log(1 - chance), Math.Log(chance / (1 - chance)));
        for (long k = 0; k <= last; k++)
        {
            if (k >= first)
                sum += Math.Exp(term);
            term += Math.Log((double)(trials - k) / (k + 1)) + odds;
        }

        return Math.Min(1, sum);
    }
}
