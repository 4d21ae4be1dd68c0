namespace ClassroomKD;

/// <summary>CA-MKD: the closer to the truth, the greater the weight, <c>w_m = (1 - softmax_m(CE_m)) / (M - 1)</c>.</summary>
/// <remarks>Zhang et al., "Confidence-aware multi-teacher knowledge distillation", ICASSP 2022. With one mentor its weight is 1.
/// Needs a task that tells cross-entropies.</remarks>
public sealed class ConfidenceAwareRanker : IMentorRanker
{
    /// <inheritdoc/>
    /// <value>By the sample: CA-MKD weighs each sample's mentors by their cross-entropies on it.</value>
    public PerformanceGranularity? Granularity => PerformanceGranularity.Sample;

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;
        var all = arguments.Assessment.CrossEntropies();
        var mentors = all.size(0) - 1;
        var doubts = all.narrow(0, 1, mentors).softmax(0);
        return new Ranking
        {
            Ranks = KnowledgeFilteringRanker.Shares(performances, performances.sum(0, keepdim: true)),
            Weights = mentors == 1 ? doubts : ones_like(doubts).sub(doubts).div(Scalars.Of(mentors - 1)),
        };
    }
}
