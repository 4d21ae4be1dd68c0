using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels;

/// <summary>What a kernel computes in.</summary>
internal enum SimdWidth
{
    Auto = 0,

    /// <summary>float64, one by one.</summary>
    Scalar = 1,

    /// <summary>float64, in vectors of 256 bits.</summary>
    Doubles256 = 2,

    /// <summary>float32, in vectors of so many bits.</summary>
    Bits128 = 4,
    Bits256 = 8,
    Bits512 = 16,
}

internal static class SimdWidths
{
    /// <summary>Rows of fewer classes are computed in float64: it costs them little, and they need it (<see cref="Doubles256"/>).</summary>
    private const int ShortRow = 32;

    /// <summary>The widest vector that the processor has, that fits into a row, and that is no wider than the wanted one.</summary>
    public static SimdWidth For(SimdWidth wanted, int classes)
    {
        var widest = wanted != SimdWidth.Auto ? wanted
            : classes < ShortRow ? (Vector256.IsHardwareAccelerated ? SimdWidth.Doubles256 : SimdWidth.Scalar)
            : Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
            : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
            : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
            : SimdWidth.Scalar;
        while (Lanes(widest) > Math.Max(1, classes))
            widest = widest switch
            {
                SimdWidth.Bits512 => SimdWidth.Bits256,
                SimdWidth.Bits256 => SimdWidth.Bits128,
                _ => SimdWidth.Scalar,
            };
        return widest;
    }

    private static int Lanes(SimdWidth width) => width == SimdWidth.Doubles256 ? Doubles256.Count : (int)width;
}
