namespace ClassroomKD;

/// <summary>One temperature for every mentor and sample: ordinary distillation (Hinton et al., 2015).</summary>
public sealed class ConstantPace : ILearningPaceScheduler
{
    private readonly Scalar temperature;

    /// <summary>A pace of one temperature.</summary>
    /// <param name="temperature">Above 0; 1 is the ablation "no pacing", 4 is usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="temperature"/> is not a positive, finite number.</exception>
    public ConstantPace(double temperature) => this.temperature = Scalars.Of(Temperature.Require(temperature));

    /// <inheritdoc/>
    public LearningPace Schedule(in PacingArguments arguments) =>
        new() { Temperatures = full_like(arguments.Ranking.Weights, temperature) };
}
