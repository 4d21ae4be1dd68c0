using System.Buffers.Binary;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>Reads and writes safetensors files (github.com/huggingface/safetensors): a JSON header and plain little-endian bytes.</summary>
/// <remarks>
/// The types BOOL, U8, I8, I16, I32, I64, F16, BF16, F32 and F64 are read and written. Tensors of other types are left out when a file is
/// read (<see cref="StateDictionary.LeftOut"/>).
/// </remarks>
public static class SafetensorsFile
{
    private const int Alignment = 8;

    /// <summary>Reads all tensors directly into their memory.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors in the order of the header, on the CPU, and the metadata. The caller disposes the dictionary.</returns>
    /// <exception cref="WeightsException">
    /// The file is damaged: the header or a tensor exceeds the file, sizes do not match types and shapes, tensors overlap or leave
    /// gaps, or a name occurs twice.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static StateDictionary Read(string path)
    {
        using var stream = InputFile.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads the same from a stream.</summary>
    /// <param name="stream">A seekable stream at the start of the content; it is left open.</param>
    /// <param name="source">The name of the stream in messages.</param>
    /// <returns>See <see cref="Read(string)"/>.</returns>
    /// <exception cref="WeightsException">See <see cref="Read(string)"/>.</exception>
    public static StateDictionary Read(Stream stream, string source)
    {
        WeightsStream.Require(stream);
        return WeightsStream.Collect(source, weights =>
        {
            var header = SafetensorsHeader.Read(stream);
            foreach (var (name, text) in header.Metadata)
                weights.Metadata.Add(name, text);
            foreach (var entry in header.LeftOut)
                weights.LeaveOut(entry);
            foreach (var entry in header.Entries)
            {
                stream.Position = header.DataStart + entry.Begin;
                weights.Add(entry.Name, TensorBytes.Read(stream, entry.Shape, entry.Type));
            }
        });
    }

    /// <summary>Writes tensors and metadata of a dictionary.</summary>
    /// <param name="path">The file. An existing one is replaced only when the new one is complete.</param>
    /// <param name="weights">The tensors; not disposed.</param>
    /// <exception cref="ArgumentException">A name or type cannot be written; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, StateDictionary weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Write(path, weights, weights.Metadata);
    }

    /// <summary>Writes named tensors one after the other, copying each at most once.</summary>
    /// <param name="path">The file. An existing one is replaced only when the new one is complete.</param>
    /// <param name="tensors">
    /// Tensors of any shape, layout and device, such as <c>module.state_dict()</c>; not disposed. Shared memory is written once per name.
    /// </param>
    /// <param name="metadata">Texts to write beside the tensors. Default <c>null</c>: none.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, not valid text, reserved (<c>__metadata__</c>) or occurs twice, or the format lacks a tensor's type.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var named = tensors.ToArray();
        // Widest elements first, so that every tensor begins at a multiple of its element's width.
        var inFile = named.OrderByDescending(tensor => TensorBytes.Width(tensor.Value.dtype)).ToArray();
        var header = Header(named, inFile, metadata ?? []);
        WholeFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var (_, tensor) in inFile)
                TensorBytes.Write(stream, tensor);
        });
    }

    /// <summary>A length whose highest bytes are zero, then an opening brace: no zip archive and no pickle starts this way.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> head) =>
        head.Length >= 9 && head[8] == '{' && head[5..8].IndexOfAnyExcept((byte)0) < 0;

    private static byte[] Header(
        KeyValuePair<string, Tensor>[] named, KeyValuePair<string, Tensor>[] inFile, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        long end = 0;
        foreach (var (name, tensor) in inFile)
        {
            if (string.IsNullOrEmpty(name) || name == SafetensorsHeader.MetadataName || !begins.TryAdd(name, end))
                throw new ArgumentException($"A tensor cannot be named '{name}': empty, reserved or there twice.", nameof(named));
            RequireText(name, "a tensor's name");
            end += tensor.numel() * TensorBytes.Width(tensor.dtype);
        }
        using var bytes = new MemoryStream();
        bytes.Write(new byte[8]);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            foreach (var (name, tensor) in named)
                WriteEntry(json, name, tensor, begins[name]);
            json.WriteEndObject();
        }
        while (bytes.Length % Alignment != 0)
            bytes.WriteByte((byte)' ');
        var header = bytes.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var texts = metadata.ToArray();
        if (texts.Length == 0)
            return;
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (name, text) in texts)
        {
            RequireText(name, "a name of the metadata");
            RequireText(text, $"the metadata '{name}'");
            json.WriteString(name, text);
        }
        json.WriteEndObject();
    }

    private static void RequireText(string text, string what)
    {
        if (!UnicodeText.IsWhole(text))
            throw new ArgumentException($"Expected {what} to be text, found half of a surrogate pair in '{text}'.", nameof(text));
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long begin)
    {
        var type = SafetensorsType.Name(tensor.dtype)
            ?? throw new ArgumentException($"'{name}' is {tensor.dtype}; safetensors holds {SafetensorsType.Names}.", nameof(tensor));
        json.WriteStartObject(name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (var extent in tensor.shape)
            json.WriteNumberValue(extent);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.numel() * TensorBytes.Width(tensor.dtype));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
