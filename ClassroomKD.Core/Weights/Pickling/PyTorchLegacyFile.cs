using System.Buffers.Binary;
using System.Numerics;

namespace ClassroomKD.Pickling;

/// <summary>
/// The layout before PyTorch 1.6: pickles of a magic number, a version, facts about the system, the content and the storages' keys,
/// followed by a count and the little-endian elements for each key.
/// </summary>
internal sealed class PyTorchLegacyFile
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse(
        "119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private readonly Stream stream;
    private readonly Dictionary<string, long> positions = new(StringComparer.Ordinal);

    public PyTorchLegacyFile(Stream stream)
    {
        this.stream = stream;
        var storages = new PickledStorages(stream.Length);
        if (Next(null) is not BigInteger magic || magic != Magic)
            throw new InvalidDataException("the magic number of torch.save is missing");
        var version = Next(null);
        if (version is not Version)
            throw new InvalidDataException($"expected version {Version} of the layout, found {Pickled.Describe(version)}");
        if (Next(null) is not PickledDictionary)
            throw new InvalidDataException("the facts about the system are missing");
        Root = Next(storages);
        Locate(Next(null) as List<object?> ?? throw new InvalidDataException("the list of storages is missing"), storages);
    }

    /// <summary>What the fourth pickle holds.</summary>
    public object? Root { get; }

    private static ReadOnlySpan<byte> MagicOpcode => [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    /// <summary>A pickle that holds the magic number: of protocol 2 to 5, framed or not, or of protocol 1.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) =>
        head.Length >= 24 && head[0] == 0x80 && head[..24].IndexOf(MagicOpcode) >= 0 || head.StartsWith("L119547037146038801333356L\n."u8);

    public Tensor ReadStorage(PickledStorage storage)
    {
        if (!positions.TryGetValue(storage.Key, out var position))
            throw new InvalidDataException($"storage '{Pickled.Shown(storage.Key)}' is not in the file");
        stream.Position = position;
        return TensorBytes.Read(stream, [storage.Count], storage.Element.Type!.Value);
    }

    private object? Next(PickledStorages? storages) =>
        new PickleReader(new PickleBytes(stream, stream.Length - stream.Position, stream.Position), storages).Read();

    private void Locate(List<object?> keys, PickledStorages storages)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        foreach (var key in keys)
        {
            if (key is not string name || storages.Find(name) is not { } storage)
                throw new InvalidDataException($"the list of storages names {Pickled.Describe(key)}, which no tensor uses");
            if (storage.Element.Width == 0)
                throw new InvalidDataException($"storage '{Pickled.Shown(name)}' is a {storage.Element}, whose elements' width is not " +
                    "known, so that what follows is not found");
            stream.ReadExactly(prefix);
            var count = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (count != storage.Count || storage.Length > stream.Length - stream.Position)
                throw new InvalidDataException(
                    $"storage '{Pickled.Shown(name)}' at byte {stream.Position}: {storage.Length} bytes ({storage.Count} of " +
                    $"{storage.Element}) are expected, the file says {count} elements and has {stream.Length - stream.Position} bytes " +
                    "left");
            if (!positions.TryAdd(name, stream.Position))
                throw new InvalidDataException($"storage '{Pickled.Shown(name)}' is there twice");
            stream.Position += storage.Length;
        }
    }
}
