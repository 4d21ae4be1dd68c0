namespace ClassroomKD;

/// <summary>The temperature moves from one value to another over the training, along half a cosine.</summary>
/// <remarks><c>T = end + (start - end) (1 + cos(pi step / steps)) / 2</c>; after the last step it stays at the end.</remarks>
public sealed class AnnealedPace : ILearningPaceScheduler
{
    private readonly double start;
    private readonly double end;
    private readonly long steps;

    /// <summary>A pace that moves.</summary>
    /// <param name="start">The temperature of the first step, above 0.</param>
    /// <param name="end">The temperature from step <paramref name="steps"/> on, above 0.</param>
    /// <param name="steps">How many steps the way takes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is not positive and finite, or steps is below 1.</exception>
    public AnnealedPace(double start, double end, long steps)
    {
        this.start = Temperature.Require(start);
        this.end = Temperature.Require(end);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        this.steps = steps;
    }

    /// <summary>The temperature of a step.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <returns>The temperature.</returns>
    public double TemperatureAt(long step) => end + (start - end) * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2;

    /// <inheritdoc/>
    public LearningPace Schedule(in PacingArguments arguments)
    {
        using var temperature = Scalars.Create(TemperatureAt(arguments.Step));
        return new LearningPace { Temperatures = full_like(arguments.Ranking.Weights, temperature) };
    }
}
