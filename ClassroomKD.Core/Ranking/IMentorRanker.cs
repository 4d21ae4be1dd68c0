namespace ClassroomKD;

/// <summary>What a ranker decides from. A struct, so that later inputs break nobody.</summary>
public readonly struct RankingArguments
{
    /// <summary>How student and mentors did on the batch.</summary>
    public required Assessment Assessment { get; init; }

    /// <summary>How many lessons the classroom has given before this one.</summary>
    /// <value>Default 0.</value>
    public long Step { get; init; }
}

/// <summary>What a ranker decided.</summary>
public readonly struct Ranking
{
    /// <summary>The ranks of student (first) and mentors, <c>[1+M, B]</c>, not negative; a pace measures gaps on them.</summary>
    public required Tensor Ranks { get; init; }

    /// <summary>The weight of each mentor on each sample, <c>[M, B]</c>; exactly 0 where it does not teach.</summary>
    public required Tensor Weights { get; init; }
}

/// <summary>Decides, for every sample, which mentors teach and with what weight: the extension point for multi-teacher methods.</summary>
/// <remarks>
/// Called once per step on the training thread, without gradient, inside a dispose scope that releases temporaries. An implementation
/// works with tensors on the device and reads nothing back; it makes no implicit scalar (see <see cref="Scalars"/>); it need not care for
/// mentors that answered NaN or samples that do not count: the classroom sets their weights to 0. An exception ends the step and reaches
/// the caller of <c>Teach</c>. One instance may serve several classrooms if it keeps no state; one that does implements
/// <see cref="IStateful"/>, so that checkpoints keep it. It leaves its arguments as they are. The same arguments give the same ranking at
/// one seed of libtorch's generator; and unless it draws from the generator, mentors in another order get the same ranks and weights.
/// </remarks>
public interface IMentorRanker
{
    /// <summary>The ranker that this one hands on to, and whose decision it changes.</summary>
    /// <value>Default null: it decides alone.</value>
    IMentorRanker? Inner => null;

    /// <summary>The granularity at which it is defined. It goes before the preset's, and <see cref="ClassroomOptions.Granularity"/> before
    /// both.</summary>
    /// <value>Default null: it ranks by the batch as well as by the sample.</value>
    PerformanceGranularity? Granularity => null;

    /// <summary>Ranks the mentors on one batch.</summary>
    /// <param name="arguments">The performances <c>[1+M, B]</c>, student first, and what else the task can tell.</param>
    /// <returns>Ranks <c>[1+M, B]</c> and weights <c>[M, B]</c>.</returns>
    Ranking Rank(in RankingArguments arguments);
}
