namespace ClassroomKD.Onnx;

/// <summary>An attribute of a node.</summary>
internal sealed record OnnxAttribute(string Name, object Value)
{
    private const int Type = 20;

    public OnnxMessage ToMessage()
    {
        var message = new OnnxMessage().Text(1, Name);
        return Value switch
        {
            float number => message.Number(2, number).Integer(Type, OnnxType.NumberAttribute),
            long integer => message.Integer(3, integer).Integer(Type, OnnxType.IntegerAttribute),
            string text => message.Text(4, text).Integer(Type, OnnxType.TextAttribute),
            long[] integers => message.Integers(8, integers).Integer(Type, OnnxType.IntegersAttribute),
            _ => throw new ArgumentException($"No attribute is a {Value.GetType()}.", nameof(Value)),
        };
    }
}
