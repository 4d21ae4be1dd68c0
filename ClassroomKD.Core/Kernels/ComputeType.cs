namespace ClassroomKD.Kernels;

/// <summary>Brings logits and tables to the type that a kernel computes in.</summary>
internal static class ComputeType
{
    public static Tensor Cast(Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to_type(type);

    public static IReadOnlyList<Tensor> CastAll(IReadOnlyList<Tensor> tensors, ScalarType type)
    {
        for (var i = 0; i < tensors.Count; i++)
            if (tensors[i].dtype != type)
                return [.. tensors.Select(tensor => Cast(tensor, type))];
        return tensors;
    }
}
