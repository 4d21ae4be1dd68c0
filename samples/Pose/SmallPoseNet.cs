using ClassroomKD;
using ClassroomKD.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>A small hourglass with skip connections, from <c>[B, 3, H, W]</c> to maps at a half or a quarter of the size.</summary>
internal sealed class SmallPoseNet : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> half, quarter, eighth, toQuarter, atQuarter, maps;
    private readonly nn.Module<Tensor, Tensor>? toHalf, atHalf;

    /// <param name="width">channels at half the size; twice as many at each further halving</param>
    /// <param name="outputs">maps</param>
    /// <param name="stride">2 or 4 pixels per cell</param>
    public SmallPoseNet(int width, int outputs, int stride) : base(nameof(SmallPoseNet))
    {
        half = nn.Sequential(Down(3, width), new Block(width));
        quarter = nn.Sequential(Down(width, 2 * width), new Block(2 * width));
        eighth = nn.Sequential(Down(2 * width, 4 * width), new Block(4 * width), new Block(4 * width));
        toQuarter = Up(4 * width, 2 * width);
        atQuarter = new Block(2 * width);
        if (stride == 2)
            (toHalf, atHalf) = (Up(2 * width, width), new Block(width));
        maps = nn.Conv2d(stride == 2 ? width : 2 * width, outputs, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = half.call(input);
        var q = quarter.call(h);
        var x = atQuarter.call(toQuarter.call(eighth.call(q)).add(q, Scalars.One));
        if (toHalf is not null)
            x = atHalf!.call(toHalf.call(x).add(h, Scalars.One));
        return maps.call(x).MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Down(int from, int to) =>
        nn.Sequential(nn.Conv2d(from, to, 3, stride: 2, padding: 1, bias: false), new BatchNormalization(to), nn.ReLU());

    private static nn.Module<Tensor, Tensor> Up(int from, int to) =>
        nn.Sequential(nn.ConvTranspose2d(from, to, 2, stride: 2, bias: false), new BatchNormalization(to), nn.ReLU());

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> body;

        public Block(int channels) : base(nameof(Block))
        {
            body = nn.Sequential(
                nn.Conv2d(channels, channels, 3, padding: 1, bias: false), new BatchNormalization(channels), nn.ReLU(),
                nn.Conv2d(channels, channels, 3, padding: 1, bias: false), new BatchNormalization(channels));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return body.call(input).add(input, Scalars.One).relu().MoveToOuterDisposeScope();
        }
    }
}
