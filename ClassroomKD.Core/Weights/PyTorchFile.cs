using ClassroomKD.Pickling;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>Reads what Python's <c>torch.save</c> wrote: state dicts and checkpoints around them, in the zip layout (since PyTorch 1.6) and the one before.</summary>
/// <remarks>
/// The pickle inside is not executed: a reader of our own interprets the opcodes that tensors and plain values take and refuses every other opcode
/// and every unknown global by name and position. Files that hold a whole module, quantized, sparse or complex tensors are refused so.
/// </remarks>
public static class PyTorchFile
{
    /// <summary>Reads the tensors of a state dict.</summary>
    /// <param name="path">A <c>.pt</c> or <c>.pth</c> file of either layout.</param>
    /// <param name="entry">
    /// The dictionary to take, as a name or names with slashes between (<c>"ema"</c>, <c>"nets/teacher"</c>). With <c>null</c>, or within the one named:
    /// if exactly one entry with a usual name (<c>state_dict</c>, <c>model_state_dict</c>, <c>model</c>, <c>net</c>, <c>ema</c>, ...) is a dictionary
    /// with tensors, it is taken; if several are, that is an error which lists them; if none is, the dictionary itself is taken if it holds tensors; else
    /// the search goes on within the only dictionary of a usual name.
    /// </param>
    /// <returns>
    /// Tensors in the order of the file, on the CPU, wherever they were saved from; those that shared a storage share it again. Plain values
    /// beside them are <see cref="StateDictionary.Metadata"/>. The caller disposes it.
    /// </returns>
    /// <exception cref="WeightsException">The file is damaged, claims more than it holds, or asks for anything but tensors and plain values.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static StateDictionary Read(string path, string? entry = null)
    {
        using var stream = WeightsStream.Open(path);
        return Read(stream, path, entry);
    }

    /// <summary>The same from a stream.</summary>
    /// <param name="stream">Seekable, at the start of the content; left open.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="entry">See <see cref="Read(string, string?)"/>.</param>
    /// <returns>See <see cref="Read(string, string?)"/>.</returns>
    /// <exception cref="WeightsException">See <see cref="Read(string, string?)"/>.</exception>
    public static StateDictionary Read(Stream stream, string source, string? entry = null) =>
        Read(stream, source, entry, WeightsStream.Head(stream));

    internal static StateDictionary Read(Stream stream, string source, string? entry, byte[] head) => WeightsStream.Collect(source, weights =>
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

    // Only the storages that the chosen tensors look at are read, each once.
    private static void Fill(StateDictionary weights, object? root, string? entry, Func<PickledStorage, Tensor> readStorage)
    {
        var storages = new Dictionary<PickledStorage, Tensor>();
        foreach (var (name, tensor) in Checkpoint.Find(root, entry, weights))
        {
            if (weights.ContainsKey(name))
                throw new InvalidDataException($"'{Pickled.Shown(name)}' is there twice");
            var type = tensor.Storage.Type;
            if (tensor.IsEmpty)
            {
                weights.Add(name, empty(tensor.Shape, type, CPU));
                continue;
            }
            if (!storages.TryGetValue(tensor.Storage, out var storage))
                storages.Add(tensor.Storage, storage = readStorage(tensor.Storage));
            weights.Add(name, storage.as_strided(tensor.Shape, tensor.Strides, tensor.Offset));
        }
    }
}
