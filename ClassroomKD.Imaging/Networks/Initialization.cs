using TorchSharp.Modules;

namespace ClassroomKD.Imaging;

/// <summary>The weights that a network starts from, drawn from the global torch generator.</summary>
public static class Initialization
{
    /// <summary>
    /// Draws convolutions by the rule of He et al. (ICCV 2015) with variance <c>2 / (kernel size x filters)</c>; biases are 0.
    /// </summary>
    /// <param name="network">The network, changed in place.</param>
    public static void DrawConvolutions(this nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach (var convolution in network.modules().OfType<Conv2d>())
        {
            nn.init.kaiming_normal_(convolution.weight!, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU);
            if (convolution.bias is { } bias)
                nn.init.zeros_(bias);
        }
    }

    /// <summary>Draws fully connected layers by a rule, with biases 0.</summary>
    /// <param name="network">The network, changed in place.</param>
    /// <param name="draw">Draws the weight of one layer.</param>
    public static void DrawLinear(this nn.Module network, Action<Linear> draw)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(draw);
        foreach (var layer in network.modules().OfType<Linear>())
        {
            draw(layer);
            if (layer.bias is { } bias)
                nn.init.zeros_(bias);
        }
    }
}
