namespace ClassroomKD.Distributed;

/// <summary>The types of tensors that an all-reduce takes.</summary>
internal static class ReducibleTypes
{
    /// <exception cref="ArgumentException">The tensor is of another type.</exception>
    public static void Require(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.dtype is not (ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int64))
            throw new ArgumentException(
                $"A tensor of float64, float32, float16, bfloat16 or int64 was expected, which can be added up; got {tensor.dtype}.",
                nameof(tensor));
    }
}
