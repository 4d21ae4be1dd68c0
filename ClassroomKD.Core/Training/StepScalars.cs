namespace ClassroomKD;

/// <summary>The scalars of one optimizer step, alive until it has ended.</summary>
internal sealed class StepScalars : IDisposable
{
    private readonly List<Scalar> scalars = [];

    public Scalar Of(double value)
    {
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
