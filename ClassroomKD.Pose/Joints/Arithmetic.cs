namespace ClassroomKD.Pose;

/// <summary>Operations that TorchSharp offers only with a temporary scalar, or with a copy to the device that is waited for.</summary>
internal static class Arithmetic
{
    /// <summary>1 for integer tensors, between which libtorch refuses a floating-point factor.</summary>
    public static readonly Scalar IntegerOne = Scalars.OfInteger(1);

    /// <summary>x²; TorchSharp's <c>square()</c> is <c>pow(2)</c>.</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary>0, 1, ... n - 1 in the type and on the device of another tensor.</summary>
    public static Tensor Index(long n, Tensor like) =>
        ones(n, dtype: like.dtype, device: like.device).cumsum(0).add(Scalars.MinusOne, Scalars.One);
}
