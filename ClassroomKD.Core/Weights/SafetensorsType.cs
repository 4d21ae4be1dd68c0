using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>The element types of safetensors that libtorch has too.</summary>
internal static class SafetensorsType
{
    private static readonly (string Name, ScalarType Type)[] Known =
    [
        ("BOOL", ScalarType.Bool), ("U8", ScalarType.Byte), ("I8", ScalarType.Int8), ("I16", ScalarType.Int16), ("I32", ScalarType.Int32),
        ("I64", ScalarType.Int64), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16), ("F32", ScalarType.Float32),
        ("F64", ScalarType.Float64),
    ];

    public static string Names => string.Join(", ", Known.Select(known => known.Name));

    public static ScalarType? Parse(string? name)
    {
        foreach (var known in Known)
            if (known.Name == name)
                return known.Type;
        return null;
    }

    public static string? Name(ScalarType type)
    {
        foreach (var known in Known)
            if (known.Type == type)
                return known.Name;
        return null;
    }
}
