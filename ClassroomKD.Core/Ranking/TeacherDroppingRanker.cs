namespace ClassroomKD;

/// <summary>Teacher dropping: per sample, the mentor from whom the student is furthest is heard, and each other one by chance.</summary>
/// <remarks>
/// Sariyildiz et al., "UNIC: Universal Classification Models via Multi-teacher Distillation", ECCV 2024: of the mentors that teach a sample
/// the one with the largest loss is kept, each other is dropped with a probability, and the weights that are left are scaled up to the sum
/// that they had. It draws from libtorch's generator, which a <see cref="Trainer{TAnswer, TTarget}"/> seeds before each step. Needs a task
/// that tells divergences.
/// </remarks>
public sealed class TeacherDroppingRanker : IMentorRanker
{
    private readonly Scalar probability;

    /// <summary>Drops mentors by chance.</summary>
    /// <param name="probability">How often a mentor that is not the furthest is dropped, in [0, 1]. Default 0.5, UNIC's.</param>
    /// <param name="inner">Who decides which mentors may teach, and with what weight; default: all alike, as in UNIC.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not in [0, 1].</exception>
    public TeacherDroppingRanker(double probability = 0.5, IMentorRanker? inner = null)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability in [0, 1] was expected.");
        this.probability = Scalars.Of(probability);
        Inner = inner ?? new UniformRanker();
    }

    /// <inheritdoc/>
    public IMentorRanker Inner { get; }

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var ranking = Inner.Rank(arguments);
        var weights = arguments.Assessment.OfEligible(ranking.Weights);
        var teaches = weights.ne(Scalars.Zero);
        var losses = weights.mul(arguments.Assessment.Divergences()).masked_fill(teaches.logical_not(), Scalars.MinusOne);
        var drawn = rand(losses.shape, losses.dtype, losses.device).ge(probability);
        var heard = drawn.logical_or(losses.ge(losses.amax([0], keepdim: true)));
        var left = weights.mul(heard);
        var sum = left.sum(0, keepdim: true);
        var scale = weights.sum(0, keepdim: true).div(sum.masked_fill(sum.eq(Scalars.Zero), Scalars.One));
        return ranking with { Weights = left.mul(scale) };
    }
}
