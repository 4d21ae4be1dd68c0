using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>CSPNeXt (arXiv 2212.07784), the backbone of RTMPose: from images to features at 1/32 of their size.</summary>
internal static class CspNext
{
    private static readonly (int Filters, int Blocks, bool Adds, bool Pools)[] Stages =
        [(128, 3, true, false), (256, 6, true, false), (512, 6, true, false), (1024, 3, false, true)];

    public static Sequential Create(double depth, double width)
    {
        int Wide(int channels) => (int)(channels * width);
        var channels = Wide(64);
        var stem = nn.Sequential(
            PoseLayers.ConvModule(3, channels / 2, 3, 2), PoseLayers.ConvModule(channels / 2, channels / 2, 3),
            PoseLayers.ConvModule(channels / 2, channels, 3));
        var parts = new List<(string, nn.Module<Tensor, Tensor>)> { ("stem", stem) };
        foreach (var (filters, blocks, adds, pools) in Stages)
        {
            var layers = new List<nn.Module<Tensor, Tensor>> { PoseLayers.ConvModule(channels, Wide(filters), 3, 2) };
            if (pools)
                layers.Add(new SpatialPyramid(Wide(filters)));
            layers.Add(new CspLayer(Wide(filters), Math.Max((int)Math.Round(blocks * depth), 1), adds));
            parts.Add(($"stage{parts.Count}", nn.Sequential([.. layers])));
            channels = Wide(filters);
        }
        return nn.Sequential([.. parts]);
    }
}
