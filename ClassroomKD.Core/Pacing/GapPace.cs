namespace ClassroomKD;

/// <summary>The paper's Mentoring: the further a mentor is ahead of the student, the softer it teaches.</summary>
/// <remarks>Sarode et al., arXiv 2409.20237; method, step 5.</remarks>
public sealed class GapPace : ILearningPaceScheduler
{
    private readonly Scalar tau;
    private readonly Scalar? highest;

    /// <summary>A pace with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: the paper's for 100 classes.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public GapPace(GapPaceOptions? options = null)
    {
        options = new GapPaceOptionsValidator().ThrowIfInvalid(options ?? new());
        tau = Scalars.Of(options.Tau);
        highest = options.MaxTemperature is { } temperature ? Scalars.Of(temperature) : null;
    }

    /// <inheritdoc/>
    public LearningPace Schedule(in PacingArguments arguments)
    {
        var temperatures = Gaps(arguments.Ranking.Ranks).mul(tau).add(Scalars.One, Scalars.One);
        return new LearningPace { Temperatures = highest is null ? temperatures : temperatures.clamp_max(highest) };
    }

    /// <summary><c>|r_m - r_0| / max(r_m, r_0)</c> for each mentor and sample, <c>[M, B]</c>; 0 where both are 0.</summary>
    internal static Tensor Gaps(Tensor ranks)
    {
        var student = ranks.narrow(0, 0, 1);
        var mentors = ranks.narrow(0, 1, ranks.size(0) - 1);
        var larger = mentors.maximum(student);
        return mentors.sub(student).abs().div(larger.masked_fill(larger.eq(Scalars.Zero), Scalars.One));
    }
}
