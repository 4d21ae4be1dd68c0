namespace ClassroomKD;

/// <summary>The precision in which losses and metrics are computed: half types cannot hold a sum over a thousand classes.</summary>
public static class TensorPrecision
{
    /// <summary>The type in which a tensor is computed: float64 for float64, float32 for every other type.</summary>
    /// <param name="tensor">Any tensor.</param>
    public static ScalarType FullPrecision(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
    }

    /// <summary>The tensor in float32 or float64.</summary>
    /// <param name="tensor">Any tensor; not disposed.</param>
    /// <returns>The tensor itself if it already has its <see cref="FullPrecision"/>, else a copy in the caller's dispose scope.</returns>
    public static Tensor InFullPrecision(this Tensor tensor)
    {
        var type = tensor.FullPrecision();
        return tensor.dtype == type ? tensor : tensor.to_type(type);
    }
}
