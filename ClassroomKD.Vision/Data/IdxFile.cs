using System.Buffers.Binary;
using System.IO.Compression;

namespace ClassroomKD.Vision;

/// <summary>A file in MNIST's idx format, plain or gzipped: <c>0 0 type rank</c>, a big-endian size per dimension, the values.</summary>
internal static class IdxFile
{
    private const byte UnsignedBytes = 0x08;

    // Deflate cannot compress better, so a header that claims more is refused before memory is allocated.
    private const long BestCompression = 1032;

    /// <summary>Reads a file of unsigned bytes whole.</summary>
    /// <param name="path">The file, recognized as compressed by its first bytes.</param>
    /// <param name="rank">The number of dimensions that it must have.</param>
    /// <returns>uint8 of the file's shape, in the caller's dispose scope.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names file and byte of the uncompressed content.</exception>
    public static Tensor Read(string path, int rank)
    {
        using var file = InputFile.Open(path, bufferSize: 1 << 16, options: FileOptions.SequentialScan);
        var compressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;

        Span<byte> start = stackalloc byte[4 + 4 * rank];
        ReadExactly(path, content, start, at: 0, "the header");
        if (start[0] != 0 || start[1] != 0)
            throw new InvalidDataException($"{path}: expected two zeros at byte 0, found {start[0]} and {start[1]}; this is no idx file.");
        if (start[2] != UnsignedBytes)
            throw new InvalidDataException($"{path}: expected values of type 0x08 (unsigned bytes) at byte 2, found 0x{start[2]:X2}.");
        if (start[3] != rank)
            throw new InvalidDataException($"{path}: expected {rank} dimensions at byte 3, found {start[3]}.");
        var shape = new long[rank];
        Int128 size = 1;
        for (var d = 0; d < rank; d++)
        {
            shape[d] = BinaryPrimitives.ReadUInt32BigEndian(start[(4 + 4 * d)..]);
            if (shape[d] == 0)
                throw new InvalidDataException($"{path}: expected a size above 0 at byte {4 + 4 * d}, found 0.");
            size *= shape[d];
        }
        var most = compressed ? file.Length * BestCompression : file.Length - start.Length;
        if (size > most || size > Array.MaxLength)
            throw new InvalidDataException(
                $"{path}: the header says {string.Join(" x ", shape)} = {size} values, but from byte {start.Length} on there are at " +
                $"most {Math.Min(most, Array.MaxLength)}.");

        var values = empty(shape, ScalarType.Byte, CPU);
        try
        {
            ReadExactly(path, content, values.bytes, start.Length, string.Join(" x ", shape) + " values");
            if (Next(path, content, start.Length + (long)size) >= 0)
                throw new InvalidDataException(
                    $"{path}: expected the end at byte {start.Length + size}, after {string.Join(" x ", shape)} values; found more.");
            return values;
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    private static void ReadExactly(string path, Stream content, Span<byte> target, long at, string what)
    {
        var filled = 0;
        try
        {
            filled = content.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException cause)
        {
            throw new InvalidDataException($"{path}: the compressed content is damaged, at byte {at} or later: {cause.Message}", cause);
        }
        if (filled < target.Length)
            throw new InvalidDataException(
                $"{path}: expected {what} from byte {at} to {at + target.Length}, but it ends at byte {at + filled}.");
    }

    private static int Next(string path, Stream content, long at)
    {
        try
        {
            return content.ReadByte();
        }
        catch (InvalidDataException cause)
        {
            throw new InvalidDataException($"{path}: the compressed content is damaged, at byte {at}: {cause.Message}", cause);
        }
    }
}
