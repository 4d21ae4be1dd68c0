namespace ClassroomKD.Pose;

/// <summary>Operations that TorchSharp offers only with a temporary scalar, or with a copy to the device that is waited for.</summary>
internal static class Arithmetic
{
    /// <summary>1 for integer tensors, between which libtorch refuses a floating-point factor.</summary>
    public static readonly Scalar IntegerOne = Scalars.OfInteger(1);

    private static readonly Scalar MinusHalf = Scalars.Of(-0.5);

    /// <summary>x²; TorchSharp's <c>square()</c> is <c>pow(2)</c>.</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary><c>exp(-x² / (2 sigma²))</c> of distances x.</summary>
    public static Tensor Gaussian(this Tensor distances, double sigma) => distances.div(Scalars.Of(sigma)).Squared().mul(MinusHalf).exp();

    /// <summary>0, 1, ... n - 1 in the type and on the device of another tensor.</summary>
    public static Tensor Index(long n, Tensor like) =>
        ones(n, dtype: like.dtype, device: like.device).cumsum(0).add(Scalars.MinusOne, Scalars.One);
}
