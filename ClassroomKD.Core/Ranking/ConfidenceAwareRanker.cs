namespace ClassroomKD;

/// <summary>CA-MKD: the closer to the truth, the greater the weight, <c>w_m = (1 - softmax_m(CE_m)) / (M - 1)</c>.</summary>
/// <remarks>Zhang et al., "Confidence-aware multi-teacher knowledge distillation", ICASSP 2022. A sample's M are the
/// mentors that may teach it; the weight of a single one is 1. Needs a task that tells cross-entropies.</remarks>
public sealed class ConfidenceAwareRanker : IMentorRanker
{
    private static readonly Scalar Lowest = Scalars.Of(double.NegativeInfinity);

    /// <inheritdoc/>
    /// <value>By the sample: CA-MKD weighs each sample's mentors by their cross-entropies on it.</value>
    public PerformanceGranularity? Granularity => PerformanceGranularity.Sample;

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;
        var all = arguments.Assessment.CrossEntropies();
        var crossEntropies = all.narrow(0, 1, all.size(0) - 1);
        var eligible = arguments.Assessment.Eligible ?? ones_like(crossEntropies, ScalarType.Bool);
        // Who may not teach a sample takes no share of it.
        var silent = eligible.logical_not();
        var doubts = crossEntropies.masked_fill(silent, Lowest).softmax(0);
        var others = eligible.sum(0, keepdim: true, type: doubts.dtype).sub(Scalars.One);
        return new Ranking
        {
            Ranks = KnowledgeFilteringRanker.Shares(performances, performances.sum(0, keepdim: true)),
            Weights = ones_like(doubts).sub(doubts).div(others.clamp_min(Scalars.One))
                .masked_fill(others.eq(Scalars.Zero), Scalars.One).masked_fill(silent, Scalars.Zero),
        };
    }
}
