using System.Buffers.Binary;
using System.IO.Compression;

namespace ClassroomKD.Pose;

/// <summary>Reads MATLAB level 5 files (<c>-v6</c>, and <c>-v7</c>, which compresses with zlib) of numbers, text and cells.</summary>
/// <remarks>
/// Made for files from strangers: every length is checked against what is there, nothing in a file is executed. Structures, objects,
/// sparse and complex arrays are left out at the top level and refused within cells. Files of <c>-v7.3</c> are HDF5 and not read.
/// </remarks>
public static class MatFile
{
    private const int HeaderLength = 128;
    private const int Compressed = 15;

    /// <summary>Reads all variables.</summary>
    /// <param name="path">A <c>.mat</c> file.</param>
    /// <returns>The variables by name.</returns>
    /// <exception cref="InvalidDataException">The file is no level 5 file or is damaged; the message names file and offset.</exception>
    public static IReadOnlyDictionary<string, MatArray> Read(string path) => Parse(InputFile.ReadAllBytes(path), path);

    /// <summary>Reads the same variables from memory.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="source">The name of the file in error messages.</param>
    /// <returns>The variables by name.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Read"/>.</exception>
    public static IReadOnlyDictionary<string, MatArray> Parse(byte[] file, string source = "file")
    {
        ArgumentNullException.ThrowIfNull(file);
        var swap = Swapped(file, source);
        var reader = new MatReader(file, swap, source);
        var variables = new Dictionary<string, MatArray>();
        for (var position = HeaderLength; position < file.Length;)
        {
            var start = position;
            var element = reader.Element(start, file.Length, padded: false, out position);
            var variable = element.Type switch
            {
                Compressed => Inflated(file.AsSpan(element.Start, element.Length), swap, source, start),
                MatReader.MatrixType => reader.Matrix(element),
                _ => null,
            };
            if (variable is not null)
                variables[variable.Name] = variable;
        }
        return variables;
    }

    private static MatArray? Inflated(ReadOnlySpan<byte> compressed, bool swap, string source, int start)
    {
        var content = Inflate(compressed, swap, source, start);
        var reader = new MatReader(content, swap, $"{source}, inflated from byte {start}");
        var element = reader.Element(0, content.Length, padded: false, out _);
        return element.Type == MatReader.MatrixType ? reader.Matrix(element) : null;
    }

    private static bool Swapped(ReadOnlySpan<byte> file, string source)
    {
        if (file.Length < HeaderLength)
            throw new InvalidDataException($"{source}: expected the {HeaderLength} bytes of a MATLAB header, found {file.Length}.");
        var swap = (file[126], file[127]) switch
        {
            ((byte)'I', (byte)'M') => false,
            ((byte)'M', (byte)'I') => true,
            _ => throw new InvalidDataException(
                $"{source}, byte 126: expected the byte order mark IM or MI of a level 5 MAT file, found {file[126]:x2} {file[127]:x2}."),
        };
        var version = BinaryPrimitives.ReadUInt16LittleEndian(file[124..]);
        version = swap ? BinaryPrimitives.ReverseEndianness(version) : version;
        return version == 0x0100
            ? swap
            : throw new InvalidDataException(
                $"{source}, byte 124: expected version 0100 of a level 5 MATLAB file, found {version:x4} (-v7.3 is HDF5).");
    }

    // The tag inside says how long the content is, so no more than that is inflated; deflate expands at most 1032-fold.
    private static byte[] Inflate(ReadOnlySpan<byte> compressed, bool swap, string source, int start)
    {
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            var tag = new byte[8];
            inflater.ReadExactly(tag);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(tag.AsSpan(4));
            length = swap ? BinaryPrimitives.ReverseEndianness(length) : length;
            if (length > Math.Min(1032L * compressed.Length, Array.MaxLength - 8))
                throw new InvalidDataException($"{compressed.Length} bytes cannot hold the {length} they claim to");
            var content = new byte[8 + length];
            tag.CopyTo(content, 0);
            inflater.ReadExactly(content.AsSpan(8));
            return content;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"{source}, byte {start}: the compressed variable is damaged: {e.Message}", e);
        }
    }
}
