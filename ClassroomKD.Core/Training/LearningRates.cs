using System.Runtime.CompilerServices;

namespace ClassroomKD;

/// <summary>Learning rates as pure functions of the step, so that a resumed run needs no scheduler state.</summary>
public static class LearningRates
{
    /// <summary>Half a cosine from <paramref name="start"/> to 0 (Loshchilov and Hutter, 2017).</summary>
    /// <param name="step">Counted from 0; after <paramref name="steps"/> the rate is 0.</param>
    /// <param name="steps">The number of steps until the rate is 0, at least 1.</param>
    /// <param name="start">The rate of step 0.</param>
    /// <returns>The rate.</returns>
    public static double Cosine(long step, long steps, double start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return start * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2;
    }

    /// <summary>
    /// A rate that each milestone multiplies by <paramref name="factor"/>, as in the CRD benchmark (0.1 at 150, 180, 210).
    /// </summary>
    /// <param name="step">Counted from 0, in the milestones' unit.</param>
    /// <param name="start">The rate before the first milestone.</param>
    /// <param name="factor">The factor of each milestone.</param>
    /// <param name="milestones">The steps or epochs at which the rate changes.</param>
    /// <returns>The rate.</returns>
    public static double Steps(long step, double start, double factor, params ReadOnlySpan<long> milestones)
    {
        var rate = start;
        foreach (var milestone in milestones)
            if (step >= milestone)
                rate *= factor;
        return rate;
    }

    /// <summary>
    /// A linear change from one rate to another, followed by <see cref="Steps"/>: the ClassroomKD paper's schedule for 100 classes (0.05 to
    /// 0.01 over 120 epochs, then times 0.1 at 150, 180 and 210).
    /// </summary>
    /// <param name="step">Counted from 0, in the unit of <paramref name="linearSteps"/> and the milestones.</param>
    /// <param name="linearSteps">The number of steps of the linear change; with 0 the rate begins at <paramref name="end"/>.</param>
    /// <param name="start">The rate of step 0.</param>
    /// <param name="end">The rate of step <paramref name="linearSteps"/>.</param>
    /// <param name="factor">The factor of each milestone.</param>
    /// <param name="milestones">The steps at which the rate changes, none within the linear change.</param>
    /// <returns>The rate.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="linearSteps"/> is negative.</exception>
    public static double LinearThenSteps(
        long step, long linearSteps, double start, double end, double factor, params ReadOnlySpan<long> milestones)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(linearSteps);
        return step < linearSteps ? start + (end - start) * step / linearSteps : Steps(step, end, factor, milestones);
    }

    /// <summary>Sets the rate of an optimizer's first group; other groups keep the proportion that they began with.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="rate">The rate from its next step on; finite, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    public static void SetLearningRate(this TorchSharp.torch.optim.Optimizer optimizer, double rate)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Require(rate);
        var first = optimizer.ParamGroups.First().InitialLearningRate;
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = first > 0 ? rate * (group.InitialLearningRate / first) : rate;
    }

    /// <summary>A setting of an optimizer that is a finite number of at least 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal static double Require(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "A finite number of at least 0 was expected.");
}
