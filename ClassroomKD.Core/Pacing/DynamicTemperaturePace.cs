namespace ClassroomKD;

/// <summary>DTKD: student and mentor share a temperature budget by their largest logits, so that both end equally soft.</summary>
/// <remarks>
/// Wei and Bai, "Dynamic temperature knowledge distillation", arXiv 2404.12711:
/// <c>T_s = 2 max_s / (max_s + max_m) T</c>, <c>T_m = 2 max_m / (max_s + max_m) T</c>. Where a largest logit is not above 0 the formula has
/// no meaning, and both take T. Needs a task that tells largest logits.
/// </remarks>
public sealed class DynamicTemperaturePace : ILearningPaceScheduler
{
    private readonly Scalar temperature;
    private readonly Scalar twice;

    /// <summary>A pace around a reference temperature.</summary>
    /// <param name="temperature">T, above 0; 4 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="temperature"/> is not a positive, finite number.</exception>
    public DynamicTemperaturePace(double temperature = 4)
    {
        this.temperature = Scalars.Of(Temperature.Require(temperature));
        twice = Scalars.Of(2 * temperature);
    }

    /// <inheritdoc/>
    public LearningPace Schedule(in PacingArguments arguments)
    {
        var heights = arguments.Assessment.LargestLogits();
        var student = heights.narrow(0, 0, 1);
        var mentors = heights.narrow(0, 1, heights.size(0) - 1);
        var undefined = student.le(Scalars.Zero).logical_or(mentors.le(Scalars.Zero));
        var factor = ones_like(mentors).div(mentors.add(student, Scalars.One)).mul(twice);
        return new LearningPace
        {
            Temperatures = mentors.mul(factor).masked_fill(undefined, temperature),
            StudentTemperatures = student.mul(factor).masked_fill(undefined, temperature),
        };
    }
}
