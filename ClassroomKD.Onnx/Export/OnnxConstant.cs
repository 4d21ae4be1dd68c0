namespace ClassroomKD.Onnx;

/// <summary>A tensor of the graph, written as int64 or, for any floating type, as float32.</summary>
internal readonly record struct OnnxConstant(string Name, Tensor Tensor)
{
    private const int NameField = 8;
    private const int DataField = 9;

    public long DataLength => Tensor.numel() * (IsInteger ? sizeof(long) : sizeof(float));

    private bool IsInteger => Tensor.dtype == ScalarType.Int64;

    /// <summary>A <c>TensorProto</c> without its elements.</summary>
    public byte[] Head() => new OnnxMessage()
        .Integers(1, Tensor.shape)
        .Integer(2, IsInteger ? OnnxType.Int64 : OnnxType.Float)
        .Text(NameField, Name)
        .LengthOfBytes(DataField, checked((int)DataLength))
        .ToBytes();

    /// <summary>Writes the elements in order; the tensor may be on any device.</summary>
    public void WriteData(Stream stream)
    {
        using var scope = NewDisposeScope();
        var inOrder = Tensor.detach().to(CPU).to_type(IsInteger ? ScalarType.Int64 : ScalarType.Float32).contiguous();
        stream.Write(inOrder.bytes);
        GC.KeepAlive(inOrder);
    }
}
