using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>The vectors that a kernel computes in, by their elements and bits.</summary>
internal enum SimdWidth
{
    Auto,
    Doubles1,
    Doubles256,
    Doubles512,
    Floats128,
    Floats256,
    Floats512,
}

internal static class SimdWidths
{
    /// <summary>Rows of fewer classes are computed in float64, which costs little and is needed (<see cref="Doubles256"/>).</summary>
    private const int ShortRow = 32;

    /// <summary>The wanted width, or the processor's widest; a narrower one if a row has fewer classes than lanes.</summary>
    public static SimdWidth For(SimdWidth wanted, int classes)
    {
        var width = wanted != SimdWidth.Auto ? wanted : classes < ShortRow ? WidestDoubles : WidestFloats;
        while (Lanes(width) > Math.Max(1, classes))
            width = width switch
            {
                SimdWidth.Floats512 => SimdWidth.Floats256,
                SimdWidth.Floats256 => SimdWidth.Floats128,
                SimdWidth.Doubles512 => SimdWidth.Doubles256,
                _ => SimdWidth.Doubles1,
            };
        return width;
    }

    private static SimdWidth WidestDoubles =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Doubles512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Doubles256 : SimdWidth.Doubles1;

    private static SimdWidth WidestFloats =>
        Vector512.IsHardwareAccelerated ? SimdWidth.Floats512
        : Vector256.IsHardwareAccelerated ? SimdWidth.Floats256
        : Vector128.IsHardwareAccelerated ? SimdWidth.Floats128 : SimdWidth.Doubles1;

    private static int Lanes(SimdWidth width) => width switch
    {
        SimdWidth.Floats512 => Floats512.Count,
        SimdWidth.Floats256 => Floats256.Count,
        SimdWidth.Floats128 => Floats128.Count,
        SimdWidth.Doubles512 => Doubles512.Count,
        SimdWidth.Doubles256 => Doubles256.Count,
        _ => 1,
    };
}
