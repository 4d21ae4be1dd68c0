using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>One file of a recording, read where it lies on the disk.</summary>
internal sealed unsafe class MappedShard : IDisposable
{
    private readonly string path;
    private readonly Dictionary<string, SafetensorsEntry> entries;
    private readonly Dictionary<string, string> texts;
    private readonly long dataStart;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* content;

    /// <exception cref="RecordingException">The file is cut off or no file of a recording.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public MappedShard(string path)
    {
        this.path = path;
        using var stream = InputFile.Open(path);
        var header = Header(stream, path);
        entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        texts = header.Metadata.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        dataStart = header.DataStart;
        file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        content = start + view.PointerOffset + dataStart;
    }

    public IReadOnlyDictionary<string, string> Texts => texts;

    /// <summary>What a file states, without mapping it.</summary>
    /// <exception cref="RecordingException">The file is cut off or no file of a recording.</exception>
    public static Dictionary<string, string> ReadTexts(string path)
    {
        using var stream = InputFile.Open(path);
        return Header(stream, path).Metadata.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
    }

    /// <summary>Reads the whole file and compares its checksum.</summary>
    /// <exception cref="RecordingException">It does not fit.</exception>
    public void Verify()
    {
        var found = Sha256.OfTensors(
            entries.Values.Select(entry => (entry.Name, entry.Type, entry.Shape, (Action<Stream>)(stream => Copy(entry, stream)))),
                ShardFile.Canonical(texts));
        if (texts.GetValueOrDefault(RecordingHeader.Checksum) != found)
            throw new RecordingException($"{path} is damaged or was edited: its checksum does not fit. Delete it and record again, " +
                $"which makes it anew.");
    }

    /// <summary>Where the answers to a batch lie.</summary>
    /// <param name="batch">Its place within the file.</param>
    public (long First, int Count) Rows(int batch)
    {
        var offsets = Values<long>(ShardFile.Offsets, ScalarType.Int64);
        return batch + 1 < offsets.Length && offsets[batch] >= 0 && offsets[batch] <= offsets[batch + 1]
            && offsets[batch + 1] <= Values<int>(ShardFile.Samples, ScalarType.Int32).Length
            ? (offsets[batch], (int)(offsets[batch + 1] - offsets[batch]))
            : throw new RecordingException($"{path}: expected the samples of batch {batch} of the file, found none.");
    }

    public ReadOnlySpan<int> Samples(long first, int count) => Values<int>(ShardFile.Samples, ScalarType.Int32).Slice((int)first, count);

    /// <summary>Rows of a tensor, copied; in the caller's dispose scope.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="expected">What a row must be.</param>
    public Tensor Read(string name, long first, int count, KeptTensor expected)
    {
        var entry = Entry(name);
        if (entry.Type != expected.Type || entry.Shape is not [var rows, .. var row] || first + count > rows
            || !row.AsSpan().SequenceEqual(expected.Shape))
            throw new RecordingException(
                $"{path}: expected {first + count} rows of '{name}', {expected.Type} [{string.Join(", ", expected.Shape)}] each, found " +
                $"{entry.Type} [{string.Join(", ", entry.Shape)}].");
        var tensor = empty([count, .. entry.Shape[1..]], entry.Type, CPU);
        var width = (entry.End - entry.Begin) / entry.Shape[0];
        Buffer.MemoryCopy(content + entry.Begin + first * width, TensorMemory.Address<byte>(tensor), count * width, count * width);
        // Places beyond a row would be written beyond the answer.
        if (expected.Below is { } below && !AreBelow(tensor, below))
            throw new RecordingException($"{path}: expected places from 0 to {below - 1} in '{name}', found others.");
        GC.KeepAlive(tensor);
        return tensor;
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    private static SafetensorsHeader Header(Stream stream, string path)
    {
        try
        {
            return SafetensorsHeader.Read(stream);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new RecordingException($"{path} is damaged ({exception.Message}). Delete it and record again, which makes it anew.",
                exception);
        }
    }

    private SafetensorsEntry Entry(string name) =>
        entries.GetValueOrDefault(name) ?? throw new RecordingException(
            $"{path}: expected a tensor '{name}', found {string.Join(", ", entries.Keys)}.");

    private ReadOnlySpan<T> Values<T>(string name, ScalarType type)
        where T : unmanaged
    {
        var entry = Entry(name);
        return entry.Type == type
            ? MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(content + entry.Begin, checked((int)(entry.End - entry.Begin))))
            : throw new RecordingException($"{path}: expected '{name}' to be {type}, found {entry.Type}.");
    }

    private static bool AreBelow(Tensor places, long below) => places.dtype == ScalarType.Int16
        ? !MemoryMarshal.Cast<byte, short>(places.bytes).ContainsAnyExceptInRange((short)0, (short)(below - 1))
        : !MemoryMarshal.Cast<byte, int>(places.bytes).ContainsAnyExceptInRange(0, (int)(below - 1));

    private void Copy(SafetensorsEntry entry, Stream stream)
    {
        const int AtOnce = 1 << 24;
        for (var at = entry.Begin; at < entry.End; at += AtOnce)
            stream.Write(new ReadOnlySpan<byte>(content + at, (int)Math.Min(AtOnce, entry.End - at)));
    }
}
