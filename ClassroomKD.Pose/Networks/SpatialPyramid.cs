using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>The features beside their maxima over neighborhoods of three sizes.</summary>
internal sealed class SpatialPyramid : NetworkModule
{
    private readonly Sequential conv1;
    private readonly ModuleList<MaxPool2d> poolings;
    private readonly Sequential conv2;

    public SpatialPyramid(int channels)
        : base(nameof(SpatialPyramid))
    {
        conv1 = PoseLayers.ConvModule(channels, channels / 2, 1);
        poolings = new ModuleList<MaxPool2d>(nn.MaxPool2d(5, 1, 2), nn.MaxPool2d(9, 1, 4), nn.MaxPool2d(13, 1, 6));
        conv2 = PoseLayers.ConvModule(channels / 2 * 4, channels, 1);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var x = ops.Apply(conv1, input);
        return ops.Apply(conv2, ops.Concatenate([x, .. poolings.Select(pooling => ops.Apply(pooling, x))], 1));
    }
}
