using ClassroomKD.Pose;
using TorchSharp;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>The same hourglass with a SimCC head: each joint's map, laid out in a row, becomes bins of x and of y.</summary>
internal sealed class SmallSimccNet : nn.Module<Tensor, SimccAnswer>
{
    private const int Stride = 4;

    private readonly nn.Module<Tensor, Tensor> body, x, y;

    public SmallSimccNet(int width, int joints, SimccCodec codec) : base(nameof(SmallSimccNet))
    {
        var cells = codec.InputWidth / Stride * (codec.InputHeight / Stride);
        body = new SmallPoseNet(width, joints, Stride);
        (x, y) = (nn.Linear(cells, codec.BinsX, hasBias: false), nn.Linear(cells, codec.BinsY, hasBias: false));
        RegisterComponents();
    }

    public override SimccAnswer forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var rows = body.call(input).flatten(2);
        return new SimccAnswer(x.call(rows).MoveToOuterDisposeScope(), y.call(rows).MoveToOuterDisposeScope());
    }
}
