using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Pose;

/// <summary>Divides each token of <c>[B, K, D]</c> by the root of its mean square (arXiv 1910.05895).</summary>
internal sealed class ScaleNorm : NetworkModule
{
    // The square of the smallest root, 1e-5; the root of 0 has no gradient.
    private const double Least = 1e-10;

    private static readonly long[] Features = [2];

    // Replaced when the module moves to another device, so not readonly.
    [ComponentName(Name = "g")] private Parameter gain;

    public ScaleNorm()
        : base(nameof(ScaleNorm))
    {
        gain = (Parameter)new Parameter(ones(1)).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var meanSquare = ops.Mean(ops.Multiply(input, input), Features, keepDimensions: true);
        var scale = ops.Power(ops.AtLeast(meanSquare, Least), -.5);
        return ops.Multiply(input, ops.Multiply(scale, ops.Constant(gain)));
    }
}
