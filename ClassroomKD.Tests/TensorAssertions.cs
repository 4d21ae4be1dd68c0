namespace ClassroomKD.Tests;

internal static class TensorAssertions
{
    public static double[] Doubles(this Tensor tensor) =>
        tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    public static double Number(this Tensor tensor) => tensor.to(ScalarType.Float64).item<double>();

    /// <summary>Every element within <paramref name="relative"/> of its expectation or, if more, of a tenth of the largest.</summary>
    public static void ShouldEqual(this Tensor actual, Tensor expected, double relative, string what, double absolute = 1e-300)
    {
        actual.shape.Should().Equal(expected.shape, what);
        double[] left = actual.Doubles(), right = expected.Doubles();
        var scale = right.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (var i = 0; i < left.Length; i++)
        {
            if (!double.IsFinite(right[i]))
            {
                left[i].Should().Be(right[i], $"{what}, element {i}");
                continue;
            }

            var within = relative * Math.Max(Math.Abs(right[i]), 0.1 * scale) + absolute;
            left[i].Should().BeApproximately(right[i], within, $"{what}, element {i}");
        }
    }

    public static void ShouldBeBitwiseEqual(this Tensor actual, Tensor expected, string what) =>
        actual.Doubles().Should().Equal(expected.Doubles(), what);

    public static void ShouldBe(this Tensor tensor, IEnumerable<double> expected, double within = 1e-5, string because = "") =>
        tensor.Doubles().Should().Equal(expected, (actual, wanted) => Math.Abs(actual - wanted) <= within, because);
}
