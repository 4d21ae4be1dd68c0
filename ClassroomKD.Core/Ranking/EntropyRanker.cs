namespace ClassroomKD;

/// <summary>EBKD: the surer a mentor, the more it counts: <c>w_m = 1 - H_m / sum H</c>, per sample.</summary>
/// <remarks>Kwon et al., "Adaptive knowledge distillation based on entropy", ICASSP 2020. Needs a task that tells entropies,
/// and two mentors: the weight of a single one is 0.</remarks>
public sealed class EntropyRanker : IMentorRanker
{
    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;
        var all = arguments.Assessment.Entropies();
        var entropies = arguments.Assessment.OfEligible(all.narrow(0, 1, all.size(0) - 1));
        var total = entropies.sum(0, keepdim: true);
        var shares = entropies.div(total.masked_fill(total.eq(Scalars.Zero), Scalars.One));
        return new Ranking
        {
            Ranks = KnowledgeFilteringRanker.Shares(performances, performances.sum(0, keepdim: true)),
            Weights = ones_like(shares).sub(shares),
        };
    }
}
