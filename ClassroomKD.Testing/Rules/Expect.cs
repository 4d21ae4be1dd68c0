using System.Globalization;

namespace ClassroomKD.Testing;

/// <summary>What the rules expect of tensors.</summary>
internal static class Expect
{
    public static void True(bool kept, string expected, string got)
    {
        if (!kept)
            throw new ConformanceException($"{expected}, got {got}");
    }

    /// <summary>A floating-point tensor of a shape on a device.</summary>
    public static void Table(string name, Tensor? tensor, Device? device, params long[] shape)
    {
        True(tensor is not null, $"{name} was expected", "null");
        var on = device ?? CPU;
        True(
            tensor!.is_floating_point() && tensor.shape.SequenceEqual(shape) && tensor.device_type == on.type,
            $"{name} was expected as floating-point [{string.Join(", ", shape)}] on {on}",
            $"{tensor.dtype} [{string.Join(", ", tensor.shape)}] on {tensor.device}");
    }

    /// <summary>A Boolean tensor of a shape.</summary>
    public static void Booleans(string name, Tensor tensor, params long[] shape) => True(
        tensor.dtype == ScalarType.Bool && tensor.shape.SequenceEqual(shape),
        $"{name} was expected as Boolean [{string.Join(", ", shape)}]", $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]");

    public static void NoGraph(string name, Tensor tensor) =>
        True(!tensor.requires_grad, $"{name} was expected without graph", "a tensor that requires a gradient");

    public static void Graph(string name, Tensor tensor) =>
        True(tensor.requires_grad, $"{name} was expected to be part of the student's graph", "a tensor without graph");

    public static void Finite(string name, Tensor tensor) => Each(name, tensor, double.IsFinite, "finite numbers");

    public static void NotNegative(string name, Tensor tensor) =>
        Each(name, tensor, value => double.IsFinite(value) && value >= 0, "finite numbers of at least 0");

    public static void Positive(string name, Tensor tensor) =>
        Each(name, tensor, value => double.IsFinite(value) && value > 0, "finite numbers above 0");

    public static void Each(string name, Tensor tensor, Func<double, bool> fits, string expected)
    {
        var values = Values(tensor);
        var at = Array.FindIndex(values, value => !fits(value));
        if (at >= 0)
            throw new ConformanceException($"{name}: {expected} were expected, got {Number(values[at])} at {Place(tensor, at)}");
    }

    /// <summary>The same shape and numbers, as far as a relative difference.</summary>
    public static void Close(string name, Tensor actual, Tensor expected, string reason, double within = 1e-6)
    {
        True(
            actual.shape.SequenceEqual(expected.shape), $"{name} {reason}: [{string.Join(", ", expected.shape)}] was expected",
            $"[{string.Join(", ", actual.shape)}]");
        double[] left = Values(actual), right = Values(expected);
        for (var i = 0; i < left.Length; i++)
            if (!(left[i].Equals(right[i]) || Math.Abs(left[i] - right[i]) <= within * Math.Max(1, Math.Abs(right[i]))))
                throw new ConformanceException(
                    $"{name} {reason}: {Number(right[i])} was expected at {Place(expected, i)}, got {Number(left[i])}");
    }

    /// <summary>The numbers of a tensor; the only place of the package that reads them.</summary>
    public static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }

    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Place(Tensor tensor, int at)
    {
        var indices = new long[tensor.dim()];
        long left = at;
        for (var d = indices.Length - 1; d >= 0; d--)
            (left, indices[d]) = Math.DivRem(left, tensor.shape[d]);
        return $"[{string.Join(", ", indices)}]";
    }
}
