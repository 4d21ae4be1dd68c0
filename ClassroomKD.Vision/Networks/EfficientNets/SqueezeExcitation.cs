using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>Weighs each channel by a function of the channels' means (Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018).</summary>
/// <remarks>Field names are torchvision's.</remarks>
internal sealed class SqueezeExcitation : NetworkModule
{
    private readonly Conv2d fc1;
    private readonly SiLU activation = nn.SiLU();
    private readonly Conv2d fc2;

    public SqueezeExcitation(int channels, int squeezed)
        : base(nameof(SqueezeExcitation))
    {
        fc1 = nn.Conv2d(channels, squeezed, 1);
        fc2 = nn.Conv2d(squeezed, channels, 1);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var squeezed = ops.Apply(activation, ops.Apply(fc1, ops.MeanOverPlane(input, keepDimensions: true)));
        return ops.Multiply(input, ops.Sigmoid(ops.Apply(fc2, squeezed)));
    }
}
