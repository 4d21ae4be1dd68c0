using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>What the heatmap losses share.</summary>
internal static class HeatmapError
{
    /// <summary>Checked, in full precision, the weights as <c>[B, K, 1, 1]</c>.</summary>
    public static (Tensor Heatmaps, Tensor Target, Tensor Weights) Prepare(Tensor heatmaps, Tensor target, Tensor weights)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        Expect.Same(heatmaps, target, nameof(target));
        Expect.Weights(weights, heatmaps.size(0), heatmaps.size(1), nameof(weights));
        var p = heatmaps.InFullPrecision();
        return (p, target.to_type(p.dtype), weights.to_type(p.dtype).unsqueeze(-1).unsqueeze(-1));
    }

    /// <summary>(w P - w T)², <c>[B, K, H, W]</c></summary>
    public static Tensor WeightedSquares(Tensor heatmaps, Tensor target, Tensor weights)
    {
        var (p, t, w) = Prepare(heatmaps, target, weights);
        return (w * p.sub(t)).Squared();
    }
}
