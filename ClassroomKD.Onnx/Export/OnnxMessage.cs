using Google.Protobuf;

namespace ClassroomKD.Onnx;

/// <summary>A protobuf message under construction; fields are named by their numbers in <c>onnx.proto3</c>.</summary>
internal sealed class OnnxMessage
{
    private readonly List<Action<CodedOutputStream>> fields = [];

    public OnnxMessage Integer(int field, long value) => With(field, WireFormat.WireType.Varint, output => output.WriteInt64(value));

    public OnnxMessage Integers(int field, IEnumerable<long> values)
    {
        foreach (var value in values)
            Integer(field, value);
        return this;
    }

    public OnnxMessage Number(int field, float value) => With(field, WireFormat.WireType.Fixed32, output => output.WriteFloat(value));

    public OnnxMessage Text(int field, string value) =>
        With(field, WireFormat.WireType.LengthDelimited, output => output.WriteString(value));

    public OnnxMessage Message(int field, OnnxMessage message) =>
        With(field, WireFormat.WireType.LengthDelimited, output => output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message.ToBytes())));

    /// <summary>The beginning of a field whose bytes follow this message.</summary>
    public OnnxMessage LengthOfBytes(int field, int length) =>
        With(field, WireFormat.WireType.LengthDelimited, output => output.WriteLength(length));

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            fields.ForEach(write => write(output));
        return bytes.ToArray();
    }

    private OnnxMessage With(int field, WireFormat.WireType type, Action<CodedOutputStream> value)
    {
        fields.Add(output =>
        {
            output.WriteTag(field, type);
            value(output);
        });
        return this;
    }
}
