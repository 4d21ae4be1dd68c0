using System.IO.Compression;

namespace ClassroomKD.Pickling;

/// <summary>The zip layout: <c>NAME/data.pkl</c>, <c>NAME/byteorder</c>, and a file <c>NAME/data/KEY</c> per storage.</summary>
internal sealed class PyTorchArchive : IDisposable
{
    // torch.save does not compress, and compression gains little on weights. A file that inflates further than this is a bomb.
    private const long MaxInflation = 20;
    private const long InflationAllowance = 64L << 20;
    private const int MaxEntries = 1_000_000;
    private const string PickleName = "data.pkl";

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
    private readonly string folder;
    private readonly bool isBigEndian;

    public PyTorchArchive(Stream stream)
    {
        archive = Opened(stream);
        try
        {
            CheckSizes(stream.Length);
            folder = Folder();
            isBigEndian = IsBigEndian();
            var pickle = entries[folder + PickleName];
            using var content = new BufferedStream(Open(pickle));
            var storages = new PickledStorages(MaxInflation * stream.Length + InflationAllowance);
            Root = Guarded(pickle, () => new PickleReader(new PickleBytes(content, pickle.Length), storages).Read());
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>What the pickle holds.</summary>
    public object? Root { get; }

    public static bool Recognizes(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);

    public Tensor ReadStorage(PickledStorage storage)
    {
        var name = $"{folder}data/{storage.Key}";
        if (!entries.TryGetValue(name, out var entry))
            throw new InvalidDataException($"the archive has no '{Pickled.Shown(name)}'");
        if (entry.Length != storage.Length)
            throw new InvalidDataException(
                $"'{Pickled.Shown(name)}' holds {entry.Length} bytes; {storage.Count} of {storage.Element} take {storage.Length}");
        return Guarded(entry, () =>
        {
            using var content = Open(entry);
            return TensorBytes.Read(content, [storage.Count], storage.Element.Type!.Value, isBigEndian);
        });
    }

    public void Dispose() => archive.Dispose();

    private static ZipArchive Opened(Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidDataException($"the zip archive is damaged: {e.Message}", e);
        }
    }

    private void CheckSizes(long fileLength)
    {
        long stored = 0, inflated = 0;
        foreach (var entry in Guarded(null, () => archive.Entries))
        {
            if (entries.Count == MaxEntries || entry.CompressedLength < 0 || entry.Length < 0
                || (stored += entry.CompressedLength) > fileLength
                || (inflated += entry.Length) > MaxInflation * fileLength + InflationAllowance)
                throw new InvalidDataException($"'{Pickled.Shown(entry.FullName)}' and those before it claim to take {stored} bytes, " +
                    $"unpacked {inflated}, in a file of {fileLength}");
            if (!entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"'{Pickled.Shown(entry.FullName)}' is in the archive twice");
        }
    }

    private string Folder()
    {
        var pickles = entries.Keys.Where(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal)).ToArray();
        if (pickles.Length != 1)
            throw new InvalidDataException($"a file of torch.save holds one {PickleName}; this zip archive holds {pickles.Length}");
        var found = pickles[0][..^PickleName.Length];
        if (entries.ContainsKey(found + "constants.pkl"))
            throw new InvalidDataException("this is a TorchScript program, not a state dict; load it with torch.jit.load");
        return found;
    }

    private bool IsBigEndian()
    {
        if (!entries.TryGetValue(folder + "byteorder", out var entry))
            return false;
        var order = new byte[Math.Min(entry.Length, 16)];
        Guarded(entry, () =>
        {
            using var content = Open(entry);
            content.ReadExactly(order);
            return order;
        });
        if (!order.AsSpan().SequenceEqual("big"u8) && !order.AsSpan().SequenceEqual("little"u8))
            throw new InvalidDataException($"byteorder is {Convert.ToHexString(order)}, neither 'little' nor 'big'");
        return order.Length == "big".Length;
    }

    private static Stream Open(ZipArchiveEntry entry) => Guarded(entry, entry.Open);

    private static T Guarded<T>(ZipArchiveEntry? entry, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new InvalidDataException(
                entry is null ? $"the zip archive is damaged: {e.Message}" : $"'{Pickled.Shown(entry.FullName)}': {e.Message}", e);
        }
    }

    // The exceptions of System.IO.Compression for broken archives.
    private static bool IsDamage(Exception e) =>
        e is InvalidDataException or IOException or ArgumentException or NotSupportedException or OverflowException;
}
