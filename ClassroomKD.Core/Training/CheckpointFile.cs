namespace ClassroomKD;

/// <summary>One checkpoint: a safetensors file with a text about the training and a checksum of all that is in it.</summary>
internal static class CheckpointFile
{
    private const string Text = "classroomkd.training";
    private const string Checksum = "classroomkd.sha256";

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, string text) =>
        SafetensorsFile.Write(path, tensors, [new(Text, text), new(Checksum, Sha256.OfTensors(tensors, text))]);

    /// <summary>Reads a file and verifies its checksum.</summary>
    /// <returns>The tensors, which the caller disposes, and the text.</returns>
    /// <exception cref="CheckpointException">The file is damaged or edited, or no checkpoint.</exception>
    public static (StateDictionary Tensors, string Text) Read(string path)
    {
        StateDictionary weights;
        try
        {
            weights = SafetensorsFile.Read(path);
        }
        catch (WeightsException exception)
        {
            throw new CheckpointException($"The checkpoint {path} is damaged: {exception.Message}", exception);
        }

        if (
            weights.Metadata.TryGetValue(Text, out var text)
            && weights.Metadata.TryGetValue(Checksum, out var checksum)
            && checksum == Sha256.OfTensors(weights, text)
        )
            return (weights, text);
        weights.Dispose();
        throw new CheckpointException(
            text is null
                ? $"{path} holds weights and no checkpoint."
                : $"The checkpoint {path} is damaged or was edited: its checksum does not fit."
        );
    }
}
