using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary>The type a kernel computes in: float64 stays, float32 and anything narrower is float32.</summary>
internal static class ComputeType
{
    public static ScalarType For(Tensor logits) => logits.dtype switch
    {
        ScalarType.Float64 => ScalarType.Float64,
        ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 => ScalarType.Float32,
        var other => throw new ArgumentException($"Logits of a floating type were expected, got {other}."),
    };

    public static Tensor Cast(Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to_type(type);

    /// <summary>The tensor itself, or in float32 if it is in half precision.</summary>
    public static Tensor InFullPrecision(Tensor tensor) =>
        tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? tensor.to_type(ScalarType.Float32) : tensor;

    public static IReadOnlyList<Tensor> CastAll(IReadOnlyList<Tensor> tensors, ScalarType type)
    {
        for (var i = 0; i < tensors.Count; i++)
            if (tensors[i].dtype != type)
                return [.. tensors.Select(tensor => Cast(tensor, type))];
        return tensors;
    }
}
