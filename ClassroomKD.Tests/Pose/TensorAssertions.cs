using FluentAssertions;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose;

internal static class TensorAssertions
{
    public static double[] Doubles(this Tensor tensor)
    {
        using var flat = tensor.detach().to_type(ScalarType.Float64).cpu().contiguous();
        return flat.data<double>().ToArray();
    }

    public static void ShouldBe(this Tensor tensor, IEnumerable<double> expected, double within = 1e-5, string because = "") =>
        tensor.Doubles().Should().Equal(expected, (actual, wanted) => Math.Abs(actual - wanted) <= within, because);

    /// <summary>The largest difference between the gradient of a float64 function and central differences.</summary>
    public static double GradientError(Func<Tensor, Tensor> function, Tensor at, double step = 1e-6)
    {
        using var scope = NewDisposeScope();
        var x = at.detach().clone().requires_grad_();
        function(x).sum().backward();
        var gradient = x.grad!.Doubles();
        var values = at.Doubles();
        var worst = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            double At(double shift)
            {
                var moved = values.ToArray();
                moved[i] += shift;
                using var inner = NewDisposeScope();
                return function(tensor(moved).reshape(at.shape)).sum().ToDouble();
            }
            worst = Math.Max(worst, Math.Abs(gradient[i] - (At(step) - At(-step)) / (2 * step)));
        }
        return worst;
    }
}
