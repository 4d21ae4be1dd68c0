using System.Buffers.Binary;
using System.Text;

namespace ClassroomKD;

/// <summary>
/// Reads weights from safetensors and PyTorch files, and from several of them with an index. Nothing in a file is executed.
/// </summary>
public static class WeightsFile
{
    /// <summary>Reads all tensors of a file, whose format is recognized by its content.</summary>
    /// <param name="path">
    /// A <c>.safetensors</c>, <c>.pt</c>, <c>.pth</c>, <c>.th</c>, <c>.bin</c> or <c>.ckpt</c> file; or the index of several
    /// (<c>model.safetensors.index.json</c>), which are then read from its folder as one.
    /// </param>
    /// <param name="entry">
    /// In a PyTorch checkpoint, the dictionary to take, such as <c>"ema"</c> or <c>"nets/teacher"</c>; <c>null</c> finds it as
    /// <see cref="PyTorchFile.Read(string, string?)"/> describes.
    /// </param>
    /// <returns>The tensors, on the CPU; the caller disposes them.</returns>
    /// <exception cref="WeightsException">
    /// The content has no known format, is damaged or is refused; or a file that an index names is missing or lacks a tensor.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static StateDictionary Read(string path, string? entry = null)
    {
        using var stream = InputFile.Open(path);
        if (!WeightsIndex.Recognizes(WeightsStream.Head(stream)))
            return Read(stream, path, entry);
        return entry is null ? WeightsIndex.Read(stream, path) : throw HasNoEntry(path, entry);
    }

    /// <summary>Reads the same from a stream.</summary>
    /// <param name="stream">A seekable stream at the start of the content; it is left open, at any position.</param>
    /// <param name="source">The name of the stream in messages.</param>
    /// <param name="entry">See <see cref="Read(string, string?)"/>.</param>
    /// <returns>The tensors, on the CPU; the caller disposes them.</returns>
    /// <exception cref="WeightsException">See <see cref="Read(string, string?)"/>.</exception>
    public static StateDictionary Read(Stream stream, string source, string? entry = null)
    {
        var head = WeightsStream.Head(stream);
        if (SafetensorsFile.Recognizes(head))
            return entry is null
                ? SafetensorsFile.Read(stream, source)
                : throw HasNoEntry(source, entry);
        if (PyTorchFile.Recognizes(head))
            return PyTorchFile.Read(stream, source, entry, head);
        throw new WeightsException($"{source}: expected a safetensors or PyTorch file, found {Describe(head)}.");
    }

    private static WeightsException HasNoEntry(string source, string entry) =>
        new($"{source}: a safetensors file has no dictionaries within, so no entry '{entry}'.");

    private static string Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "an empty file";
        if (head.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer (the content was not fetched)";
        if (head.StartsWith("<"u8))
            return "markup (a web page instead of the download?)";
        if (head[0] == 0x89 && head[1..].StartsWith("HDF"u8))
            return "HDF5";
        if (head.Length > 262 && head[257..].StartsWith("ustar"u8))
            return "a tar archive (PyTorch before 0.1.10 wrote such; save it again with a newer one)";
        if (WeightsIndex.Recognizes(head))
            return "JSON (an index of shards is read by its path, beside its shards)";
        if (TorchSharpFile.Recognizes(head))
            return "TorchSharp's own format; call network.load(path), and to keep the weights " +
                "SafetensorsFile.Write(path, network.state_dict())";
        if (head[0] == 0x80)
            return "a bare pickle, not written by torch.save";
        if (head.Length >= 8)
            return $"bytes {Convert.ToHexString(head[..8])} (as a safetensors header's length: " +
                $"{BinaryPrimitives.ReadUInt64LittleEndian(head)})";
        return $"{head.Length} bytes, {Convert.ToHexString(head)} ({Encoding.ASCII.GetString(head).ReplaceLineEndings(" ")})";
    }
}
