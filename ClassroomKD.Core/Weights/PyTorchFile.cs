using ClassroomKD.Pickling;

namespace ClassroomKD;

/// <summary>Reads state dicts and checkpoints that <c>torch.save</c> wrote, in the layouts since and before PyTorch 1.6.</summary>
/// <remarks>
/// The pickle is not executed: the reader interprets what tensors and plain values need. All else (options, loggers, whole modules;
/// quantized, sparse or complex tensors) is never called or built; it is read past and listed in
/// <see cref="StateDictionary.LeftOut"/>.
/// </remarks>
public static class PyTorchFile
{
    /// <summary>Reads the tensors of a state dict.</summary>
    /// <param name="path">A <c>.pt</c> or <c>.pth</c> file of either layout.</param>
    /// <param name="entry">
    /// The dictionary to take: a name, or names separated by slashes (<c>"ema"</c>, <c>"nets/teacher"</c>). With <c>null</c>, the only
    /// entry with a usual name (<c>state_dict</c>, <c>model_state_dict</c>, <c>model</c>, <c>net</c>, <c>ema</c>, ...) that is a dictionary
    /// with tensors; several are an error that lists them. If there is none, the dictionary itself if it holds tensors; otherwise the
    /// search goes on within the only dictionary of a usual name, as it does within a named entry.
    /// </param>
    /// <returns>
    /// The tensors in the order of the file, on the CPU; those that shared a storage share it again. Plain values beside them are in
    /// <see cref="StateDictionary.Metadata"/>. The caller disposes the dictionary.
    /// </returns>
    /// <exception cref="WeightsException">The file is damaged, or no tensors are found outside of what is read past.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static StateDictionary Read(string path, string? entry = null)
    {
        using var stream = InputFile.Open(path);
        return Read(stream, path, entry);
    }

    /// <summary>Reads the same from a stream.</summary>
    /// <param name="stream">A seekable stream at the start of the content; it is left open.</param>
    /// <param name="source">The name of the stream in messages.</param>
    /// <param name="entry">See <see cref="Read(string, string?)"/>.</param>
    /// <returns>See <see cref="Read(string, string?)"/>.</returns>
    /// <exception cref="WeightsException">See <see cref="Read(string, string?)"/>.</exception>
    public static StateDictionary Read(Stream stream, string source, string? entry = null) =>
        Read(stream, source, entry, WeightsStream.Head(stream));

    internal static StateDictionary Read(Stream stream, string source, string? entry, byte[] head) =>
        WeightsStream.Collect(source, weights =>
    {
        if (PyTorchArchive.Recognizes(head))
        {
            using var archive = new PyTorchArchive(stream);
            Fill(weights, archive.Root, entry, archive.ReadStorage);
        }
        else
        {
            var file = new PyTorchLegacyFile(stream);
            Fill(weights, file.Root, entry, file.ReadStorage);
        }
    });

    internal static bool Recognizes(ReadOnlySpan<byte> head) => PyTorchArchive.Recognizes(head) || PyTorchLegacyFile.Recognizes(head);

    // Only the storages of the chosen tensors are read, each once.
    private static void Fill(StateDictionary weights, object? root, string? entry, Func<PickledStorage, Tensor> readStorage)
    {
        var storages = new Dictionary<PickledStorage, Tensor>();
        foreach (var (name, tensor) in Checkpoint.Find(root, entry, weights))
        {
            if (weights.ContainsKey(name))
                throw new InvalidDataException($"'{Pickled.Shown(name)}' is there twice");
            if (tensor.IsEmpty)
            {
                weights.Add(name, empty(tensor.Shape, tensor.Type, CPU));
                continue;
            }
            if (!storages.TryGetValue(tensor.Storage, out var storage))
                storages.Add(tensor.Storage, storage = readStorage(tensor.Storage));
            weights.Add(name, storage.as_strided(tensor.Shape, tensor.Strides, tensor.Offset));
        }
    }
}
