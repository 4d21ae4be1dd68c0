using System.Globalization;
using System.Numerics;

namespace ClassroomKD.Pickling;

/// <summary>Numbers as pickles write them.</summary>
internal static class PickledNumber
{
    /// <summary>A <see cref="long"/> where it fits.</summary>
    public static object Shortest(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    /// <summary>Decimal digits, with an <c>L</c> behind those of LONG; INT writes booleans as <c>00</c> and <c>01</c>.</summary>
    public static object Integer(string digits) => digits switch
    {
        "00" => false,
        "01" => true,
        _ => BigInteger.TryParse(digits.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Shortest(value)
            : throw new InvalidDataException($"'{Pickled.Shown(digits)}' is no integer"),
    };

    public static double Real(string digits) => digits switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"'{Pickled.Shown(digits)}' is no number"),
    };

    /// <summary>A place in the memo.</summary>
    public static long Index(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw new InvalidDataException($"'{Pickled.Shown(digits)}' is no place in the memo");
}
