using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Pose;

/// <summary>RTMPose's head: a token per joint, gated attention among the tokens, and bins of x and y.</summary>
internal sealed class RtmPoseHead : nn.Module
{
    private const int Hidden = 256;

    [ComponentName(Name = "final_layer")] private readonly Conv2d maps;
    private readonly Sequential mlp;
    private readonly GatedAttention gau;
    [ComponentName(Name = "cls_x")] private readonly Linear toX;
    [ComponentName(Name = "cls_y")] private readonly Linear toY;

    public RtmPoseHead(int channels, int joints, int cells, int binsX, int binsY)
        : base(nameof(RtmPoseHead))
    {
        maps = Layers.Convolution(channels, joints, 7, bias: true);
        mlp = nn.Sequential(new ScaleNorm(), nn.Linear(cells, Hidden, hasBias: false));
        gau = new GatedAttention(Hidden);
        (toX, toY) = (nn.Linear(Hidden, binsX, hasBias: false), nn.Linear(Hidden, binsY, hasBias: false));
        nn.init.normal_(toX.weight, 0, .01);
        nn.init.normal_(toY.weight, 0, .01);
        RegisterComponents();
    }

    public TValue[] Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var planes = ops.Apply(maps, input);
        var shape = ops.Shape(planes);
        var tokens = ops.Apply(gau, ops.Apply(mlp, ops.Reshape(planes, -1, shape[1], shape[2] * shape[3])));
        return [ops.Apply(toX, tokens), ops.Apply(toY, tokens)];
    }
}
