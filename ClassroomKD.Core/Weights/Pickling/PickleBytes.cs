using System.Buffers.Binary;
using System.Text;

namespace ClassroomKD.Pickling;

/// <summary>The bytes of a pickle. A length is checked against what is left before memory is allocated for it.</summary>
/// <param name="stream">A buffered stream at the pickle's first byte; it is read byte by byte.</param>
/// <param name="length">The number of bytes that the pickle may take.</param>
/// <param name="origin">The position of the first byte in messages.</param>
internal sealed class PickleBytes(Stream stream, long length, long origin = 0)
{
    private const long Most = 64L << 20;
    private const int LongestName = 200;
    private const int LongestNumber = 1000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly long limit = Math.Min(length, Most);
    private readonly byte[] word = new byte[8];
    private long taken;

    public long Position => origin + taken;

    public byte Byte()
    {
        Count(1);
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw new EndOfStreamException("the pickle breaks off");
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Word(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Word(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Word(4));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Word(8));

    public byte[] Take(long count)
    {
        Count(count);
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A length in eight bytes.</summary>
    public long Length() => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(Word(8)), long.MaxValue);

    /// <summary>A text; where it is no UTF-8 (half a surrogate pair in a file's name, a byte string of Python 2), its bytes.</summary>
    public object Text(long count)
    {
        var bytes = Take(count);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return bytes;
        }
    }

    /// <summary>Up to the end of the line, as <c>GLOBAL</c> writes names.</summary>
    public string Line()
    {
        var bytes = Bytes(LongestName, "a name");
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"a name of {bytes.Length} bytes is no valid UTF-8", e);
        }
    }

    /// <summary>Up to the end of the line, as protocol 0 writes numbers.</summary>
    public string Number() => Encoding.Latin1.GetString(Bytes(LongestNumber, "a number"));

    /// <summary>
    /// Up to the end of the line, as protocol 0 writes texts, in quotes or not. Those with an escape are read past: no file with tensors
    /// can have protocol 0.
    /// </summary>
    public object EscapedText(bool quoted)
    {
        var text = Encoding.Latin1.GetString(Bytes(Most, "a text"));
        if (quoted && (text.Length < 2 || text[0] is not ('\'' or '"') || text[^1] != text[0]))
            throw new InvalidDataException("a text without quotes");
        return text.Contains('\\') ? new PickledForeign("a text with escapes") : quoted ? text[1..^1] : text;
    }

    private byte[] Bytes(long most, string what)
    {
        var bytes = new List<byte>();
        for (var next = Byte(); next != '\n'; next = Byte())
        {
            if (bytes.Count == most)
                throw new InvalidDataException($"{what} takes more than {most} bytes");
            bytes.Add(next);
        }
        return [.. bytes];
    }

    private ReadOnlySpan<byte> Word(int count)
    {
        Count(count);
        var bytes = word.AsSpan(0, count);
        stream.ReadExactly(bytes);
        return bytes;
    }

    private void Count(long count)
    {
        if (count > limit - taken)
            throw new InvalidDataException(limit == Most
                ? $"the pickle takes more than the {Most >> 20} MiB that are read"
                : $"{count} bytes are wanted, {limit - taken} are left");
        taken += count;
    }
}
