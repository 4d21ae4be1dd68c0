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

    public static ScalarType? Parse(string? name) =>
        Array.FindIndex(Known, known => known.Name == name) is >= 0 and var i ? Known[i].Type : null;

    public static string? Name(ScalarType type) => Array.Find(Known, known => known.Type == type).Name;
}
