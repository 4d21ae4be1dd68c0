namespace ClassroomKD;

/// <summary>The paper's Knowledge Filtering: a mentor that ranks at least as high as the student has its rank as weight, else 0.</summary>
/// <remarks>Sarode et al., arXiv 2409.20237; method, steps 3 and 4.</remarks>
public sealed class KnowledgeFilteringRanker : IMentorRanker
{
    private readonly bool filter;
    private readonly bool requireCorrect;
    private readonly RankWeighting weighting;
    private readonly int? decimals;

    /// <summary>A ranker with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: the paper's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public KnowledgeFilteringRanker(KnowledgeFilteringOptions? options = null)
    {
        options = new KnowledgeFilteringOptionsValidator().ThrowIfInvalid(options ?? new());
        filter = options.Filter;
        requireCorrect = options.RequireCorrect ?? true;
        weighting = options.Weighting ?? RankWeighting.Share;
        decimals = options.RankDecimals;
    }

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;
        var total = performances.sum(0, keepdim: true);
        var anyone = total.gt(Scalars.Zero);
        var ranks = weighting == RankWeighting.Position
            ? Positions(performances).mul(anyone)
            : Shares(performances, total, decimals);

        var mentorRanks = ranks.narrow(0, 1, ranks.size(0) - 1);
        if (!filter)
            return new Ranking { Ranks = ranks, Weights = ones_like(mentorRanks) };

        // Where nobody knows anything every rank is 0, and the gate alone would stand open.
        var studentRank = ranks.narrow(0, 0, 1);
        var teaches = mentorRanks.ge(studentRank).logical_and(anyone);
        if (requireCorrect && arguments.Assessment.Correct is { } correct)
            teaches = teaches.logical_and(correct.narrow(0, 1, mentorRanks.size(0)));
        var weights = weighting == RankWeighting.Lead ? mentorRanks.sub(studentRank) : mentorRanks;
        return new Ranking { Ranks = ranks, Weights = weights.mul(teaches) };
    }

    /// <summary><c>r = M c / sum c</c> (method, step 3); 0 where the sum is 0.</summary>
    internal static Tensor Shares(Tensor performances, Tensor total, int? decimals = null)
    {
        var mentors = Scalars.Of(performances.size(0) - 1);
        var shares = performances.div(total.masked_fill(total.eq(Scalars.Zero), Scalars.One));
        return (decimals is { } places ? shares.round(places) : shares).mul(mentors);
    }

    // The worst of 1+M has position 1: one more than the number of those that did strictly worse.
    private static Tensor Positions(Tensor performances)
    {
        var worse = performances.unsqueeze(0).lt(performances.unsqueeze(1)).sum(1, type: performances.dtype);
        return worse.add(Scalars.One, Scalars.One).div(Scalars.Of(10));
    }
}
