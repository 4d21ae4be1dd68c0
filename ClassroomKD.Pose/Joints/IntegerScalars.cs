using TorchSharp;

namespace ClassroomKD.Pose;

/// <summary>Long-lived integer scalars: libtorch refuses a floating-point factor between integer tensors.</summary>
internal static class IntegerScalars
{
    public static readonly Scalar One = 1L;
}
