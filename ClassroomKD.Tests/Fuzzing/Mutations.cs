using System.Buffers.Binary;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>Damage of any kind: to bits, lengths and ranges, and to the words of texts.</summary>
internal static class Mutations
{
    private const int MostTimes = 3;

    /// <summary>A damaged copy.</summary>
    /// <param name="original">What is damaged; as a text too if it is one.</param>
    /// <param name="others">Where inserted ranges come from.</param>
    /// <param name="words">What only this format knows, such as the opcodes of pickles; inserted anywhere.</param>
    /// <param name="chance">The same seed gives the same damage.</param>
    public static byte[] Of(byte[] original, IReadOnlyList<byte[]> others, IReadOnlyList<byte[]> words, Random chance)
    {
        var isText = !original.AsSpan().ContainsAnyInRange((byte)0, (byte)8);
        var bytes = original;
        for (var times = chance.Next(1, MostTimes + 1); times > 0; times--)
            bytes = isText && chance.Next(2) == 0 ? TextMutations.Of(bytes, chance) : OfBytes([.. bytes], others, words, chance);
        return bytes;
    }

    private static byte[] OfBytes(List<byte> bytes, IReadOnlyList<byte[]> others, IReadOnlyList<byte[]> words, Random chance)
    {
        if (bytes.Count == 0)
            return [(byte)chance.Next(256)];
        var at = chance.Next(bytes.Count);
        int Within(int most) => Math.Min(chance.Next(1, most + 1), bytes.Count - at);
        switch (chance.Next(14))
        {
            case 0 or 1 or 2: bytes[at] ^= (byte)(1 << chance.Next(8)); break;
            case 3 or 4: bytes[at] = (byte)chance.Next(256); break;
            case 5 or 6 or 7: Overwrite(bytes, at, Number(bytes.Count, chance)); break;
            case 8: bytes.RemoveRange(at, Within(16)); break;
            case 9: bytes.RemoveRange(at, bytes.Count - at); break;
            case 10:
                var noise = new byte[chance.Next(1, 17)];
                chance.NextBytes(noise);
                bytes.InsertRange(at, noise);
                break;
            case 11:
                var range = bytes.GetRange(at, Within(64));
                for (var times = chance.Next(1, 1 + chance.GetItems<int>([1, 4, 256], 1)[0]); times > 0; times--)
                    bytes.InsertRange(at, range);
                break;
            case 12 when words.Count > 0: bytes.InsertRange(at, words[chance.Next(words.Count)]); break;
            default:
                var other = others[chance.Next(others.Count)];
                var from = chance.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(from + chance.Next(1, 200), other.Length)]);
                break;
        }
        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] number)
    {
        for (var i = 0; i < number.Length && at + i < bytes.Count; i++)
            bytes[at + i] = number[i];
    }

    // Lengths and counts at their limits, of 1, 2, 4 or 8 bytes in either order.
    private static byte[] Number(int length, Random chance)
    {
        var number = chance.GetItems<long>(
            [0, 1, -1, 2, 0x7F, 0x80, 0x7FFF, 0x8000, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40,
                int.MaxValue / 8, length, length + 1, length - 1, chance.Next(1 << 16), chance.NextInt64()], 1)[0];
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Array.Resize(ref bytes, 1 << chance.Next(4));
        if (chance.Next(2) == 0)
            Array.Reverse(bytes);
        return bytes;
    }
}
