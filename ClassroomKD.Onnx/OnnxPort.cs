using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ClassroomKD.Onnx;

/// <summary>An input or output of an ONNX file, as the file declares it.</summary>
internal sealed class OnnxPort
{
    private readonly int[] dimensions;   // -1 where it is free
    private readonly string[] symbols;   // the name of a free dimension, may be empty

    /// <exception cref="InvalidDataException">The port is no tensor of a type that TorchSharp has.</exception>
    public OnnxPort(string file, string name, NodeMetadata declared)
    {
        Name = name;
        if (!declared.IsTensor || TypeOf(declared.ElementDataType) is not { } type)
            throw new InvalidDataException(
                $"{file}: a tensor of numbers was expected for '{name}', but the file declares " +
                (declared.IsTensor ? $"a tensor of {declared.ElementDataType}." : $"{declared.OnnxValueType}."));
        (Type, ElementType) = (type, declared.ElementDataType);
        (dimensions, symbols) = (declared.Dimensions, declared.SymbolicDimensions);
    }

    public string Name { get; }

    public ScalarType Type { get; }

    public TensorElementType ElementType { get; }

    public int Rank => dimensions.Length;

    public bool IsFloatingPoint => Type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>The values that an integer type of the port has; null for other types.</summary>
    public (double Lowest, double Highest)? Range => RangeOf(Type);

    /// <summary>The lowest and highest value of an integer type; null for other types.</summary>
    public static (double Lowest, double Highest)? RangeOf(ScalarType type) => type switch
    {
        ScalarType.Byte => (byte.MinValue, byte.MaxValue),
        ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ScalarType.Int16 => (short.MinValue, short.MaxValue),
        ScalarType.Int32 => (int.MinValue, int.MaxValue),
        ScalarType.Int64 => (long.MinValue, long.MaxValue),
        _ => null,
    };

    /// <summary>The size of a dimension; -1 where it is free.</summary>
    public long Size(int dimension) => dimensions[dimension];

    /// <summary>Whether the port takes a shape, whatever its batch; free dimensions take any size.</summary>
    public bool TakesSample(IReadOnlyList<long> shape)
    {
        if (shape.Count != dimensions.Length)
            return false;
        for (var i = 1; i < dimensions.Length; i++)
            if (dimensions[i] >= 0 && dimensions[i] != shape[i])
                return false;
        return true;
    }

    /// <summary>The shape of this output for an input, if the file gives it: free dimensions of the same name are equal.</summary>
    /// <remarks>The runtime calls a shape that was not declared one without dimensions; and exporters declare a batch of one for outputs
    /// while that of the input is free.</remarks>
    public long[]? ShapeFor(OnnxPort input, Tensor batch)
    {
        if (dimensions.Length == 0 || (dimensions[0] >= 0 && input.dimensions[0] < 0))
            return null;
        var shape = new long[dimensions.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            var same = symbols[i].Length == 0 ? -1 : Array.IndexOf(input.symbols, symbols[i]);
            if (dimensions[i] < 0 && same < 0)
                return null;
            shape[i] = dimensions[i] >= 0 ? dimensions[i] : batch.size(same);
        }
        return shape;
    }

    public override string ToString() =>
        $"'{Name}' {Type} [" +
        $"{string.Join(", ", dimensions.Zip(symbols, (size, symbol) => size >= 0 ? $"{size}" : symbol is "" ? "?" : symbol))}]";

    private static ScalarType? TypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => ScalarType.Float32,
        TensorElementType.Double => ScalarType.Float64,
        TensorElementType.Float16 => ScalarType.Float16,
        TensorElementType.BFloat16 => ScalarType.BFloat16,
        TensorElementType.UInt8 => ScalarType.Byte,
        TensorElementType.Int8 => ScalarType.Int8,
        TensorElementType.Int16 => ScalarType.Int16,
        TensorElementType.Int32 => ScalarType.Int32,
        TensorElementType.Int64 => ScalarType.Int64,
        TensorElementType.Bool => ScalarType.Bool,
        _ => null,
    };
}
