using ClassroomKD.Networks;
using Google.Protobuf;

namespace ClassroomKD.Onnx;

/// <summary>Writes a trained network as an ONNX file for any runtime. No native onnxruntime is needed.</summary>
/// <remarks>
/// The graph is the network's own description in evaluation mode: float32, opset 17, IR version 8. The batch dimension is free
/// (<c>batch</c>); height and width are the card's. Parameters have their names in the state dictionary. The card is in the metadata,
/// because pre-processing is not part of the graph.
/// </remarks>
public static class OnnxFile
{
    private const int IrVersion = 8;
    private const int MetadataField = 14;

    /// <summary>Writes a network.</summary>
    /// <param name="path">The file. An existing one is replaced only when the new one is complete.</param>
    /// <param name="network">
    /// An <see cref="IDescribedModule"/> such as a <see cref="NetworkModule"/>, or a <c>Sequential</c> of the layers that
    /// <see cref="INetworkOperations{TValue}.Apply"/> names; on any device, in any mode, of any floating type. It is not changed.
    /// </param>
    /// <param name="card">The network's card; its classes are dimension 1 of the outputs.</param>
    /// <exception cref="NotSupportedException">A layer cannot be exported, or the file would exceed 2 GB.</exception>
    /// <exception cref="ArgumentException">The card is inconsistent or does not fit the network.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, nn.Module network, ModelCard card)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(card);
        var metadata = card.ToMetadata();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph(network.state_dict());
        var input = new OnnxValue("input", [-1, card.Mean.Count, card.InputSize.Height, card.InputSize.Width]);
        var outputs = Describe(network, graph, input);
        foreach (var output in outputs)
            if (output.Shape.Length < 2 || output.Shape[1] != card.ClassNames.Count)
                throw new ArgumentException(
                    $"Expected output '{output.Name}' to be [B, {card.ClassNames.Count}, ...], for as many names of classes as the " +
                    "card has, " +
                    $"found [B, {string.Join(", ", output.Shape[1..])}].", nameof(card));
        OnnxModelWriter.Write(path, Head(metadata), graph.ToBytes(card.NetworkName, input, outputs), graph.Constants);
    }

    /// <summary>Reads the card of a file that <see cref="Write"/> wrote. Nothing is run, and no native onnxruntime is needed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The card.</returns>
    /// <exception cref="WeightsException">The file is no ONNX file or has no valid card; the message names the key.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static ModelCard ReadCard(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var stream = InputFile.Open(path);
            using var message = new CodedInputStream(stream);
            while (message.ReadTag() is > 0 and var tag)
            {
                if (tag != WireFormat.MakeTag(MetadataField, WireFormat.WireType.LengthDelimited))
                {
                    message.SkipLastField();
                    continue;
                }
                var (key, text) = ReadEntry(message.ReadBytes());
                if (!metadata.TryAdd(key, text))
                    throw new WeightsException($"{path}: expected '{key}' once in the metadata, found it twice.");
            }
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new WeightsException($"{path}: no ONNX file, or a damaged one: {exception.Message}", exception);
        }
        return ModelCard.FromMetadata(metadata, path);
    }

    private static List<OnnxValue> Describe(nn.Module network, OnnxGraph graph, OnnxValue input)
    {
        var operations = new OnnxOperations(graph);
        var (results, names) = network switch
        {
            IDescribedModule { Network: { } described } => (described.DescribeResults(operations, input), described.ResultNames),
            nn.Module<Tensor, Tensor> layer => ([operations.Apply(layer, input)], ["output"]),
            _ => throw new NotSupportedException($"{network.GetType().FullName} does not describe its forward pass as a " +
                $"{nameof(NetworkModule)} does, so it cannot be exported."),
        };
        var outputs = new List<OnnxValue>();
        foreach (var (result, name) in results.Zip(names))
        {
            graph.Call(result.Name, name);
            outputs.Add(result with { Name = name });
        }
        return outputs;
    }

    // A ModelProto without its graph.
    private static byte[] Head(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new OnnxMessage()
            .Integer(1, IrVersion)
            .Text(2, "ClassroomKD")
            .Text(3, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3))
            .Message(8, new OnnxMessage().Text(1, "").Integer(2, OnnxOperations.Opset));
        foreach (var (key, text) in metadata)
            model.Message(MetadataField, new OnnxMessage().Text(1, key).Text(2, text));
        return model.ToBytes();
    }

    private static (string Key, string Text) ReadEntry(ByteString bytes)
    {
        var (key, text) = ("", "");
        using var entry = bytes.CreateCodedInput();
        while (entry.ReadTag() is > 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited))
                key = entry.ReadString();
            else if (tag == WireFormat.MakeTag(2, WireFormat.WireType.LengthDelimited))
                text = entry.ReadString();
            else
                entry.SkipLastField();
        }
        return (key, text);
    }
}
