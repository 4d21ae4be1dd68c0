using System.ComponentModel;
using System.Globalization;

namespace ClassroomKD;

/// <summary>
/// How answers are kept: every number, or the largest ones with what is known of the others. Raw answers, never softened ones.
/// </summary>
/// <remarks>Configuration states the text that <see cref="ToString"/> gives: <c>"Form": "float16 top 10"</c>.</remarks>
[TypeConverter(typeof(TextConverter))]
public sealed record RecordedForm
{
    private RecordedForm(ScalarType type, int? largest = null, bool sparse = false) => (Type, Largest, Sparse) = (type, largest, sparse);

    /// <summary>Every number in 32 bits: the loss is, bit for bit, that of the mentors themselves.</summary>
    public static RecordedForm Full { get; } = new(ScalarType.Float32);

    /// <summary>Every number in 16 bits, each off by at most 2^-11 of its size, or 2^-25 near 0.</summary>
    public static RecordedForm Half { get; } = new(ScalarType.Float16);

    /// <summary>How many numbers of each row are kept; null: all.</summary>
    public int? Largest { get; }

    /// <summary>The type of the numbers that are kept.</summary>
    internal ScalarType Type { get; }

    /// <summary>Whether what is not kept is 0, instead of sharing its softmax evenly.</summary>
    internal bool Sparse { get; }

    /// <summary>For logits: the largest of the last dimension, and the log-sum-exp of the others, which then share it evenly.</summary>
    /// <param name="count">How many are kept, at least 1 and fewer than there are.</param>
    /// <param name="inHalf">Whether they are kept in 16 bits. Default false: in 32.</param>
    /// <returns>
    /// A form that keeps the softmax at temperature 1 of the kept ones up to rounding. At a temperature of at least 1 the softmax differs
    /// from that of
    /// all logits, in total variation, by at most the share that the others have in it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static RecordedForm TopK(int count, bool inHalf = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new RecordedForm(inHalf ? ScalarType.Float16 : ScalarType.Float32, count);
    }

    /// <summary>
    /// For maps that are 0 nearly everywhere: the numbers of largest magnitude of each map <c>[H, W]</c>, or of each row <c>[L]</c>.
    /// </summary>
    /// <param name="count">How many are kept, at least 1 and fewer than there are.</param>
    /// <param name="inHalf">Whether they are kept in 16 bits. Default true.</param>
    /// <returns>A form that reads the others as 0; the largest magnitude that was left out of each map is kept beside it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static RecordedForm SparseMaps(int count, bool inHalf = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new RecordedForm(inHalf ? ScalarType.Float16 : ScalarType.Float32, count, sparse: true);
    }

    /// <summary>The form as files state it, such as "float16" or "float32 top 16".</summary>
    public override string ToString()
    {
        var type = Type == ScalarType.Float16 ? "float16" : "float32";
        return Largest is { } count ? string.Create(CultureInfo.InvariantCulture, $"{type} {(Sparse ? "sparse" : "top")} {count}") : type;
    }

    /// <summary>The form of a text, or null.</summary>
    internal static RecordedForm? Parse(string? text)
    {
        var words = text?.Split(' ') ?? [];
        if (words is not ["float16" or "float32", ..])
            return null;
        var inHalf = words[0] == "float16";
        return words switch
        {
            [_] => inHalf ? Half : Full,
            [_, "top", var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var kept) && kept > 0 => TopK(kept, inHalf),
            [_, "sparse", var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var kept) && kept > 0 =>
                SparseMaps(kept, inHalf),
            _ => null,
        };
    }

    private sealed class TextConverter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            Parse(value as string)
            ?? throw new FormatException("expected float32 or float16, or one of them with 'top' or 'sparse' and a number: float16 top 10");
    }
}
