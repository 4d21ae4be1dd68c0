using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>What the pose networks share beyond <see cref="Layers"/>.</summary>
internal static class PoseLayers
{
    /// <summary>MMPose's convolution module: <c>conv</c>, <c>bn</c>, SiLU.</summary>
    public static Sequential ConvModule(int channels, int filters, int kernel, int stride = 1, int groups = 1) => nn.Sequential(
        ("conv", Layers.Convolution(channels, filters, kernel, stride, groups)), ("bn", new BatchNormalization(filters)),
        ("activate", nn.SiLU()));

    /// <summary>A 1x1 convolution to one map per joint, with small weights so that training starts from empty maps.</summary>
    public static Conv2d Maps(int channels, int joints)
    {
        var maps = Layers.Convolution(channels, joints, 1, bias: true);
        nn.init.normal_(maps.weight, 0, .001);
        nn.init.zeros_(maps.bias!);
        return maps;
    }

    public static void RequireJoints(int joints)
    {
        if (joints < 1)
            throw new ArgumentOutOfRangeException(nameof(joints), joints, "Expected one joint at least.");
    }

    /// <summary>A path's output; for an identity the input itself, which must not be overwritten.</summary>
    public static TValue Along<TValue>(INetworkOperations<TValue> ops, nn.Module<Tensor, Tensor> path, TValue x) =>
        path is Identity ? x : ops.Apply(path, x);

    /// <summary>Throws for images that a network cannot halve five times.</summary>
    public static void RequireImages(long[] shape)
    {
        if (shape.Length != 4 || shape[1] != 3 || shape[2] % 32 != 0 || shape[3] % 32 != 0)
            throw new ArgumentException(
                $"Expected images [B, 3, H, W] with sides that are multiples of 32, found [B, {string.Join(", ", shape[1..])}].");
    }
}
