namespace ClassroomKD;

/// <summary>AVER: every mentor teaches every sample with weight 1/M.</summary>
/// <remarks>
/// The average teacher of the multi-teacher literature (You et al., KDD 2017). The paper's ablation of this name, weight 1, is
/// <see cref="KnowledgeFilteringOptions.Filter"/> = false.
/// </remarks>
public sealed class UniformRanker : IMentorRanker
{
    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;
        var mentors = performances.size(0) - 1;
        return new Ranking
        {
            Ranks = KnowledgeFilteringRanker.Shares(performances, performances.sum(0, keepdim: true)),
            Weights = full_like(performances.narrow(0, 1, mentors), Scalars.Of(1.0 / mentors)),
        };
    }
}
