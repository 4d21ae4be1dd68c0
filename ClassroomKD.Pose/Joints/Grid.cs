using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Positions on a device without copying them there, which would make the host wait.</summary>
internal static class Grid
{
    /// <summary>0, 1, ... n - 1</summary>
    public static Tensor Index(long n, Tensor like) => ones(n, dtype: like.dtype, device: like.device).cumsum(0).add(Scalars.MinusOne, Scalars.One);

    /// <summary>Floating-point input as it is, half precision as float32.</summary>
    public static Tensor InFullPrecision(Tensor x) => x.dtype == FullPrecision(x) ? x.alias() : x.to_type(FullPrecision(x));

    /// <summary>The type that a tensor is computed in: float64 or float32.</summary>
    public static ScalarType FullPrecision(Tensor x) => x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
