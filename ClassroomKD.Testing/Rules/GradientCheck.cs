namespace ClassroomKD.Testing;

/// <summary>Compares the gradient of a function with central differences.</summary>
public static class GradientCheck
{
    /// <summary>The largest difference between the gradient of the function's sum and its central differences.</summary>
    /// <param name="function">A differentiable function of one tensor, of any shape.</param>
    /// <param name="at">Where, float64 of any shape; it is not changed.</param>
    /// <param name="step">How far to both sides. Default 1e-6.</param>
    /// <param name="elements">How many elements are looked at, evenly spread. Default: all.</param>
    /// <returns>The largest absolute difference, NaN where one is; about 1e-8 for a right gradient of numbers around 1.</returns>
    /// <exception cref="ArgumentException"><paramref name="at"/> is not float64.</exception>
    public static double LargestError(Func<Tensor, Tensor> function, Tensor at, double step = 1e-6, int elements = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(elements, 1);
        if (at.dtype != ScalarType.Float64)
            throw new ArgumentException($"float64 was expected, where differences have digits to spare, got {at.dtype}.", nameof(at));
        using var scope = NewDisposeScope();
        var x = at.detach().clone().requires_grad_();
        function(x).sum().backward();
        var gradient = x.grad is { } given ? Expect.Values(given) : new double[at.numel()];
        var values = Expect.Values(at);
        var worst = 0.0;
        var stride = Math.Max(1, values.Length / elements);
        for (var i = 0; i < values.Length; i += stride)
        {
            double At(double shift)
            {
                var moved = values.ToArray();
                moved[i] += shift;
                using var inner = NewDisposeScope();
                return Expect.Values(function(tensor(moved).reshape(at.shape)).sum())[0];
            }

            // Math.Max keeps a NaN.
            worst = Math.Max(worst, Math.Abs(gradient[i] - (At(step) - At(-step)) / (2 * step)));
        }

        return worst;
    }
}
