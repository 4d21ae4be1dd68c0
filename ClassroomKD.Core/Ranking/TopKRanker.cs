namespace ClassroomKD;

/// <summary>Only the k heaviest of the mentors that another ranker lets teach, per sample.</summary>
public sealed class TopKRanker : IMentorRanker
{
    private readonly int count;

    /// <summary>Keeps the <paramref name="count"/> best.</summary>
    /// <param name="count">How many mentors may teach a sample, at least 1; more than there are keeps all.</param>
    /// <param name="inner">Who decides which mentors may teach; default: the paper's Knowledge Filtering.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public TopKRanker(int count, IMentorRanker? inner = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        this.count = count;
        Inner = inner ?? new KnowledgeFilteringRanker();
    }

    /// <inheritdoc/>
    public IMentorRanker Inner { get; }

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var ranking = Inner.Rank(arguments);
        if (count >= ranking.Weights.size(0))
            return ranking;
        var (best, indices) = arguments.Assessment.OfEligible(ranking.Weights).topk(count, 0);
        return ranking with { Weights = zeros_like(ranking.Weights).scatter(0, indices, best) };
    }
}
