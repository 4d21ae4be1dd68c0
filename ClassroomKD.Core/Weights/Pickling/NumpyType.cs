using System.Buffers.Binary;

namespace ClassroomKD.Pickling;

/// <summary>numpy's type of a single number, such as the best accuracy in many checkpoints; arrays are read past.</summary>
internal sealed class NumpyType
{
    private readonly string code;
    private bool bigEndian;

    private NumpyType(string code) => this.code = code;

    /// <summary>numpy.dtype('f8', False, True)</summary>
    public static object Create(object?[] arguments) =>
        arguments is [string code, ..] && arguments.Length <= 3 ? new NumpyType(code) : PickledForeign.ObjectOf("numpy.dtype");

    /// <summary>numpy.core.multiarray.scalar(type, bytes)</summary>
    public static object Scalar(object?[] arguments) =>
        arguments is [NumpyType type, byte[] bytes] && type.Decode(bytes) is { } number ? number : PickledForeign.ObjectOf("numpy.generic");

    public override string ToString() => $"numpy's type '{Pickled.Shown(code)}'";

    /// <summary>(version, byte order, ...)</summary>
    public void SetState(object?[] fields)
    {
        if (fields is not [long, string order, ..] || order is not ("<" or ">" or "|" or "="))
            throw new InvalidDataException($"{this} has a state that is not known");
        bigEndian = order == ">";
    }

    // Null for texts, times, complex numbers and others that are no single number here.
    private object? Decode(byte[] stored)
    {
        if (stored.Length > 8)
            return null;
        var bytes = stored.ToArray();
        if (bigEndian)
            Array.Reverse(bytes);
        return (code, bytes.Length) switch
        {
            ("b1", 1) => bytes[0] != 0,
            ("i1", 1) => (long)(sbyte)bytes[0],
            ("u1", 1) => (long)bytes[0],
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            _ => null,
        };
    }
}
