using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels;

/// <summary>How wide the vectors of a kernel are.</summary>
internal enum SimdWidth
{
    Auto = 0,
    Scalar = 1,
    Bits128 = 4,
    Bits256 = 8,
    Bits512 = 16,
}

internal static class SimdWidths
{
    /// <summary>The widest vector that the processor has, that fits into a row, and that is no wider than the wanted one.</summary>
    public static SimdWidth For(SimdWidth wanted, int classes)
    {
        var widest = wanted != SimdWidth.Auto ? wanted
            : Vector512.IsHardwareAccelerated ? SimdWidth.Bits512
            : Vector256.IsHardwareAccelerated ? SimdWidth.Bits256
            : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
            : SimdWidth.Scalar;
        while ((int)widest > Math.Max(1, classes))
            widest = widest switch
            {
                SimdWidth.Bits512 => SimdWidth.Bits256,
                SimdWidth.Bits256 => SimdWidth.Bits128,
                _ => SimdWidth.Scalar,
            };
        return widest;
    }
}
