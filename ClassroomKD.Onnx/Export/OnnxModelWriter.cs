namespace ClassroomKD.Onnx;

/// <summary>Writes a model's parts one after the other, and tensors without a copy of the whole.</summary>
internal static class OnnxModelWriter
{
    private const int GraphField = 7;
    private const int ConstantField = 5;

    // Protobuf's own limit.
    private const long MostBytes = int.MaxValue;

    public static void Write(string path, byte[] head, byte[] graph, IReadOnlyCollection<OnnxConstant> constants)
    {
        var data = head.Length + graph.LongLength + constants.Sum(constant => constant.DataLength);
        RequireRoom(data);
        var parts = constants.Select(constant => (Head: HeadOf(constant), Constant: constant)).ToList();
        var length = graph.LongLength + parts.Sum(part => part.Head.Length + part.Constant.DataLength);
        RequireRoom(head.Length + length);
        WholeFile.Write(path, stream =>
        {
            stream.Write(head);
            stream.Write(new OnnxMessage().LengthOfBytes(GraphField, (int)length).ToBytes());
            stream.Write(graph);
            foreach (var (start, constant) in parts)
            {
                stream.Write(start);
                constant.WriteData(stream);
            }
        });
    }

    private static byte[] HeadOf(OnnxConstant constant)
    {
        var head = constant.Head();
        return [.. new OnnxMessage().LengthOfBytes(ConstantField, checked((int)(head.Length + constant.DataLength))).ToBytes(), .. head];
    }

    private static void RequireRoom(long bytes)
    {
        if (bytes > MostBytes)
            throw new NotSupportedException(
                $"The network needs {bytes:N0} bytes; an ONNX file holds at most {MostBytes:N0}. Save it as safetensors.");
    }
}
