using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Operations that TorchSharp offers with a temporary scalar inside: its <c>square()</c> is <c>pow(2)</c>.</summary>
internal static class Arithmetic
{
    public static Tensor Squared(this Tensor x) => x * x;
}
