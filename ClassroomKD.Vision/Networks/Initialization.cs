using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>What a network's weights start from, drawn from the global torch generator.</summary>
internal static class Initialization
{
    /// <summary>Convolutions: a normal distribution of variance <c>2 / (kernel size x filters)</c> (He et al., ICCV 2015); their biases 0.</summary>
    public static void DrawConvolutions(this nn.Module network)
    {
        foreach (var convolution in network.modules().OfType<Conv2d>())
        {
            nn.init.kaiming_normal_(convolution.weight!, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU);
            if (convolution.bias is { } bias)
                nn.init.zeros_(bias);
        }
    }

    /// <summary>Fully connected layers: as <paramref name="draw"/> says; their biases 0.</summary>
    public static void DrawLinear(this nn.Module network, Action<Linear> draw)
    {
        foreach (var layer in network.modules().OfType<Linear>())
        {
            draw(layer);
            if (layer.bias is { } bias)
                nn.init.zeros_(bias);
        }
    }
}
