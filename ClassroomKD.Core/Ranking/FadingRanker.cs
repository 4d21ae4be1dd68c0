namespace ClassroomKD;

/// <summary>All mentors count less and less: another ranker's weights, times a factor that falls over the training.</summary>
/// <remarks>
/// <c>factor = end + (1 - end) (1 + cos(pi step / steps)) / 2</c>. A student that is close to its mentors learns more from the truth
/// (Mirzadeh et al., AAAI 2020, and Cho and Hariharan, ICCV 2019, end distillation early for this reason).
/// </remarks>
public sealed class FadingRanker : IMentorRanker
{
    private readonly double end;
    private readonly long steps;

    /// <summary>A factor that moves from 1 to <paramref name="end"/>.</summary>
    /// <param name="steps">How many steps the way takes, at least 1; then the factor stays.</param>
    /// <param name="end">The last factor, not negative. Default 0: at the end nobody teaches.</param>
    /// <param name="inner">Whose weights these are; default: the paper's Knowledge Filtering.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public FadingRanker(long steps, double end = 0, IMentorRanker? inner = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!double.IsFinite(end) || end < 0)
            throw new ArgumentOutOfRangeException(nameof(end), end, "A finite factor of at least 0 was expected.");
        (this.steps, this.end, Inner) = (steps, end, inner ?? new KnowledgeFilteringRanker());
    }

    /// <summary>The factor of a step.</summary>
    /// <param name="step">Counted from 0.</param>
    public double FactorAt(long step) => end + (1 - end) * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2;

    /// <inheritdoc/>
    public IMentorRanker Inner { get; }

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var ranking = Inner.Rank(arguments);
        using var factor = Scalars.Create(FactorAt(arguments.Step));
        return ranking with { Weights = ranking.Weights.mul(factor) };
    }
}
