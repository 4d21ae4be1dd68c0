namespace ClassroomKD.Onnx;

/// <summary>ONNX's numbers for the types of elements and attributes that are written.</summary>
internal static class OnnxType
{
    public const long Float = 1;
    public const long Int64 = 7;

    public const long NumberAttribute = 1;
    public const long IntegerAttribute = 2;
    public const long TextAttribute = 3;
    public const long IntegersAttribute = 7;
}
