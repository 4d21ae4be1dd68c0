namespace ClassroomKD;

/// <summary>Sorts names by Unicode code point, as Python sorts them, so that classes get the numbers that others gave them.</summary>
/// <remarks>
/// <see cref="StringComparer.Ordinal"/> sorts by UTF-16 units, of which a character beyond U+FFFF has two that come before U+E000: an emoji
/// before a halfwidth letter.
/// </remarks>
public sealed class CodePointComparer : IComparer<string?>
{
    private const char FirstSurrogate = '\uD800';
    private const char BehindSurrogates = '\uE000';
    private const int SurrogatesMoved = 0x10000;

    private CodePointComparer()
    {
    }

    /// <summary>The only comparer.</summary>
    public static CodePointComparer Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return string.CompareOrdinal(x, y);
        var same = x.AsSpan().CommonPrefixLength(y);
        return same < x.Length && same < y.Length ? Rank(x[same]) - Rank(y[same]) : x.Length - y.Length;
    }

    // Two strings that differ in the second unit of a pair both have a surrogate there, whose order is that of the code points.
    private static int Rank(char unit) => unit is >= FirstSurrogate and < BehindSurrogates ? unit + SurrogatesMoved : unit;
}
