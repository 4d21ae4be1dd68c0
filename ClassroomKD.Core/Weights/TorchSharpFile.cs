namespace ClassroomKD;

/// <summary>The files that <c>Module.save</c> of TorchSharp writes: a count, and for each tensor name, type, shape and bytes.</summary>
internal static class TorchSharpFile
{
    private const int LongestName = 200;
    private const int MaxRank = 64;

    /// <summary>Whether a file may begin so: there is no mark, but the first tensor's name and the numbers around it are telling.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        var at = 0;
        if (Number(head, ref at) is not > 0 || Number(head, ref at) is not (> 0 and <= LongestName and { } length)
            || at + length > head.Length)
            return false;
        var name = head.Slice(at, (int)length);
        at += (int)length;
        return name.IndexOfAnyExceptInRange((byte)'.', (byte)'z') < 0 && Number(head, ref at) is >= 0 and < 64
            && Number(head, ref at) is >= 0 and <= MaxRank;
    }

    // Seven bits a byte, the lowest first; the highest bit says that more follow.
    private static long? Number(ReadOnlySpan<byte> head, ref int at)
    {
        long number = 0;
        for (var shift = 0; at < head.Length && shift < 63; shift += 7)
        {
            number |= (head[at] & 0x7fL) << shift;
            if ((head[at++] & 0x80) == 0)
                return number;
        }
        return null;
    }
}
