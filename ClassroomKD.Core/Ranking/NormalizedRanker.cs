namespace ClassroomKD;

/// <summary>Another ranker's weights, divided by their sum over the mentors that teach a sample.</summary>
/// <remarks>How much a sample learns from mentors then does not depend on how many teach it: where anybody does, the weights add up to 1.
/// </remarks>
/// <param name="inner">Whose weights these are; default: the paper's Knowledge Filtering.</param>
public sealed class NormalizedRanker(IMentorRanker? inner = null) : IMentorRanker
{
    /// <inheritdoc/>
    public IMentorRanker Inner { get; } = inner ?? new KnowledgeFilteringRanker();

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var ranking = Inner.Rank(arguments);
        // Who may not teach has no part in the sum, nor has what is no weight.
        var weights = arguments.Assessment.OfEligible(ranking.Weights);
        var total = weights.masked_fill(weights.gt(Scalars.Zero).logical_not(), Scalars.Zero).sum(0, keepdim: true);
        return ranking with { Weights = ranking.Weights.div(total.masked_fill(total.eq(Scalars.Zero), Scalars.One)) };
    }
}
