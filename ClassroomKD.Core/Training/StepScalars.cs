namespace ClassroomKD;

/// <summary>The scalars of one optimizer step, alive until it has ended.</summary>
internal sealed class StepScalars : IDisposable
{
    private readonly List<Scalar> scalars = [];

    /// <exception cref="InvalidOperationException">The number is not finite, and would spoil every weight.</exception>
    public Scalar Of(double value)
    {
        if (!double.IsFinite(value))
            throw new InvalidOperationException(
                $"Finite settings of the optimizer (learning rate, momentum, decay) were expected; one is {value}.");
        var scalar = Scalars.Create(value);
        scalars.Add(scalar);
        return scalar;
    }

    public void Dispose()
    {
        foreach (var scalar in scalars)
            scalar.Dispose();
    }
}
