namespace ClassroomKD;

/// <summary>Asks only K of M mentors, drawn anew for each batch; another ranker decides how these teach.</summary>
/// <remarks>
/// A step costs the answers of K mentors. It is the stochastic learning of densely guided distillation (Son et al., "Densely Guided
/// Knowledge Distillation using Multiple Teacher Assistants", ICCV 2021, section 3.3), with a fixed number of teachers left in.
/// </remarks>
public sealed class RandomMentorsRanker : IMentorRanker, IMentorSelector
{
    private readonly int count;
    private readonly int seed;

    /// <summary>Draws <paramref name="count"/> mentors for each batch.</summary>
    /// <param name="count">How many mentors answer a batch, at least 1; as many as there are, or more, asks all.</param>
    /// <param name="inner">How those that answered teach; default: the paper's Knowledge Filtering.</param>
    /// <param name="seed">Decides who is drawn, together with the step. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public RandomMentorsRanker(int count, IMentorRanker? inner = null, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (this.count, this.seed, Inner) = (count, seed, inner ?? new KnowledgeFilteringRanker());
    }

    /// <inheritdoc/>
    public IMentorRanker Inner { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Choose(int mentors, long lessons)
    {
        int[] all = [.. Enumerable.Range(0, mentors)];
        if (count >= mentors)
            return all;
        // Seeded generators of System.Random keep their numbers from version to version.
        new Random(HashOf(seed, lessons)).Shuffle(all);
        Array.Sort(all, 0, count);
        return all[..count];
    }

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments) => Inner.Rank(arguments);

    // Seeds that follow each other give generators whose first numbers resemble each other; multiplied, they lie apart.
    private static int HashOf(int seed, long step) =>
        unchecked((int)(((ulong)step * 0x9E3779B97F4A7C15 + (ulong)seed * 0xC2B2AE3D27D4EB4F) >> 33));
}
