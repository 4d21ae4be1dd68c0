using System.Buffers.Binary;
using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>A JPEG of which nothing but the mark of its end is missing, as cameras and web servers leave them.</summary>
/// <remarks>
/// Whether all data is there is seen without decoding it here: it is, if every scan has begun and the pixels do not depend on what follows.
/// </remarks>
internal static class UnendedJpeg
{
    private const int Coefficients = 64;
    private const int FillingLength = 64;
    private const byte FirstRestart = 0xD0;
    private const int Restarts = 8;
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    // The first bits differ, so they stand for different symbols of any Huffman code, which only a code of ones could hide.
    private static readonly byte[] Fillings = [0x55, 0xAA];

    /// <summary>Whether a JPEG has no end, although its scans hold every bit of every coefficient.</summary>
    public static bool HasEveryScan(ReadOnlySpan<byte> jpeg)
    {
        // For each component, how many low bits of each coefficient are still to come.
        var missing = new Dictionary<byte, byte[]>();
        for (var at = 2; at + 1 < jpeg.Length;)
        {
            var next = jpeg[at..].IndexOf((byte)0xFF);
            if (next < 0)
                break;
            at += next + 1;
            if (at >= jpeg.Length)
                break;
            var marker = jpeg[at];
            if (marker == EndOfImage)
                return false;
            // Stuffed zeros, fillings, restarts and other marks without content.
            if (marker is 0 or 1 or 0xFF or (>= 0xD0 and <= 0xD8))
                continue;
            at++;
            var length = at + 2 <= jpeg.Length ? BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]) : 0;
            if (length < 2 || at + length > jpeg.Length)
                return false;
            Note(marker, jpeg.Slice(at + 2, length - 2), missing);
            at += length;
        }
        return missing.Count > 0 && missing.Values.All(bits => bits.All(count => count == 0));
    }

    /// <summary>The file with something behind its data, and an end; the caller disposes it.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="continuation">0 or 1, for one or the other.</param>
    public static SKData Continued(ReadOnlySpan<byte> jpeg, int continuation)
    {
        byte[] filling = [.. Enumerable.Repeat(Fillings[continuation], FillingLength)];
        // What precedes a restart is skipped if the data ends with an interval, so there is something behind each of them too.
        var restarts = Enumerable.Range(FirstRestart, Restarts).SelectMany(restart => (byte[])[0xFF, (byte)restart, .. filling]);
        // A last FF may be the first half of the end.
        return SKData.CreateCopy([.. jpeg.TrimEnd((byte)0xFF), .. filling, .. restarts, 0xFF, EndOfImage]);
    }

    private static void Note(byte marker, ReadOnlySpan<byte> content, Dictionary<byte, byte[]> missing)
    {
        if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
        {
            // A frame: precision, height, width and the number of components come first; each has three bytes, its name the first.
            for (var component = 6; component < content.Length; component += 3)
                missing[content[component]] = [.. Enumerable.Repeat(byte.MaxValue, Coefficients)];
        }
        else if (marker == StartOfScan && content.Length >= 4 && content.Length == 4 + 2 * content[0])
        {
            // A scan: for some components the coefficients from one to another, down to some bit.
            var (first, last, lowBits) = (content[^3], content[^2], (byte)(content[^1] & 15));
            for (var component = 1; component < content.Length - 3; component += 2)
                if (missing.TryGetValue(content[component], out var bits))
                    for (int k = first; k <= Math.Min(last, (byte)(Coefficients - 1)); k++)
                        bits[k] = lowBits;
        }
    }
}
