namespace ClassroomKD.Onnx;

/// <summary>The nodes and constants of a graph under construction. Parameters keep their names in the state dictionary.</summary>
/// <param name="parameters">The state dictionary.</param>
internal sealed class OnnxGraph(IEnumerable<KeyValuePair<string, Tensor>> parameters)
{
    private readonly Dictionary<nint, string> names = Names(parameters);
    private readonly Dictionary<string, OnnxConstant> constants = new(StringComparer.Ordinal);
    private readonly List<OnnxMessage> nodes = [];
    private int madeConstants;

    public IReadOnlyCollection<OnnxConstant> Constants => constants.Values;

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string Add(string operation, IEnumerable<string> inputs, IEnumerable<OnnxAttribute> attributes)
    {
        var name = $"{operation}_{nodes.Count}";
        Add(operation, inputs, attributes, name);
        return name;
    }

    /// <summary>Gives a value its name in the file.</summary>
    public void Call(string value, string name) => Add("Identity", [value], [], name);

    /// <summary>The name of a constant, which must live until the file is written.</summary>
    public string Constant(Tensor tensor)
    {
        // A tensor computed from parameters is new each time, and its handle may have been another's before.
        if (!names.TryGetValue(tensor.Handle, out var name))
            name = $"constant_{madeConstants++}";
        constants.TryAdd(name, new OnnxConstant(name, tensor));
        return name;
    }

    /// <summary>A <c>GraphProto</c> without its constants.</summary>
    public byte[] ToBytes(string name, OnnxValue input, IEnumerable<OnnxValue> outputs)
    {
        var message = new OnnxMessage();
        foreach (var node in nodes)
            message.Message(1, node);
        message.Text(2, name).Message(11, Port(input));
        foreach (var output in outputs)
            message.Message(12, Port(output));
        return message.ToBytes();
    }

    private void Add(string operation, IEnumerable<string> inputs, IEnumerable<OnnxAttribute> attributes, string output)
    {
        var node = new OnnxMessage();
        foreach (var input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, operation);
        foreach (var attribute in attributes)
            node.Message(5, attribute.ToMessage());
        nodes.Add(node);
    }

    private static OnnxMessage Port(OnnxValue value)
    {
        var shape = new OnnxMessage();
        foreach (var size in value.Shape)
            shape.Message(1, size < 0 ? new OnnxMessage().Text(2, "batch") : new OnnxMessage().Integer(1, size));
        var tensor = new OnnxMessage().Integer(1, OnnxType.Float).Message(2, shape);
        return new OnnxMessage().Text(1, value.Name).Message(2, new OnnxMessage().Message(1, tensor));
    }

    private static Dictionary<nint, string> Names(IEnumerable<KeyValuePair<string, Tensor>> parameters)
    {
        var names = new Dictionary<nint, string>();
        foreach (var (name, tensor) in parameters)
            names.TryAdd(tensor.Handle, name);
        return names;
    }
}
