namespace ClassroomKD;

/// <summary>Ranks by what student and mentors did over the last batches in place of the batch alone: one figure for each of them.</summary>
/// <remarks>
/// The performance that another ranker sees is a moving mean of the batches' mean performances,
/// <c>mean = decay mean + (1 - decay) batch</c>, divided by <c>1 - decay^n</c> after n batches as in Adam, so that the first batches count
/// in full. It keeps state: give each classroom its own, and dispose it. A checkpoint of a <see cref="Trainer{TAnswer, TTarget}"/> holds
/// the state.
/// </remarks>
public sealed class RunningMeanRanker : IMentorRanker, IStateful, IDisposable
{
    private readonly Scalar decay;
    private readonly Scalar rest;
    private Tensor? sums; // [2+M, 1]: student, mentors, and the sum of the weights

    /// <summary>Ranks by moving means.</summary>
    /// <param name="decay">How much of the mean each batch keeps, in [0, 1). Default 0.9: about the last ten batches.</param>
    /// <param name="inner">What is done with the means; default: Knowledge Filtering that does not ask who is right.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is out of range.</exception>
    public RunningMeanRanker(double decay = 0.9, IMentorRanker? inner = null)
    {
        if (!(decay is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "A number in [0, 1) was expected.");
        (this.decay, rest) = (Scalars.Of(decay), Scalars.Of(1 - decay));
        Inner = inner ?? new KnowledgeFilteringRanker(new() { RequireCorrect = false });
    }

    /// <inheritdoc/>
    public IMentorRanker Inner { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> SaveState() =>
        sums is null ? new Dictionary<string, Tensor>() : new() { [nameof(sums)] = sums };

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Dispose();
        sums = state.GetValueOrDefault(nameof(sums))?.clone().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The number of mentors has changed.</exception>
    public Ranking Rank(in RankingArguments arguments)
    {
        var assessment = arguments.Assessment;
        var performances = assessment.Performances;
        var counts = assessment.Counted is { } counted
            ? counted.sum().clamp_min(Scalars.One).to(performances.dtype)
            : null;
        // Who may not teach a sample did no worse on it than the student: else those who know few classes would fall behind.
        if (assessment.Eligible is { } eligible)
        {
            var student = performances.narrow(0, 0, 1);
            performances = cat([student, where(eligible, performances.narrow(0, 1, eligible.size(0)), student)]);
        }
        var batch = counts is null ? performances.mean([1], keepdim: true) : performances.sum(1, keepdim: true).div(counts);
        var update = cat([batch, ones_like(batch.narrow(0, 0, 1))]);
        if (sums is not null && sums.size(0) != update.size(0))
            throw new InvalidOperationException(
                $"A {nameof(RunningMeanRanker)} that has seen {sums.size(0) - 2} mentors was given {update.size(0) - 2}; " +
                "each classroom needs its own.");
        sums ??= zeros_like(update).DetachFromDisposeScope();
        if (sums.device_type != update.device_type || sums.device_index != update.device_index)
        {
            var moved = sums.to(update.device).DetachFromDisposeScope();
            sums.Dispose();
            sums = moved;
        }
        sums.mul_(decay).add_(update, rest);
        var means = sums.narrow(0, 0, batch.size(0)).div(sums.narrow(0, batch.size(0), 1)).expand_as(performances);
        return Inner.Rank(arguments with { Assessment = assessment.With(means) });
    }

    /// <summary>Releases the state.</summary>
    public void Dispose()
    {
        sums?.Dispose();
        sums = null;
    }
}
