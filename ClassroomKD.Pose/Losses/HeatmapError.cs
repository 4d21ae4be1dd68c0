namespace ClassroomKD.Pose;

/// <summary>What the heatmap losses share.</summary>
internal static class HeatmapError
{
    /// <summary>Checked, in full precision, the weights as <c>[B, K, 1, 1]</c>.</summary>
    public static (Tensor Heatmaps, Tensor Target, Tensor Weights) Prepare(in PoseLossArguments<Tensor> arguments)
    {
        var (heatmaps, target, weights) = (arguments.Student, arguments.Target, arguments.Weights);
        Expect.Heatmaps(heatmaps, nameof(arguments.Student));
        Expect.Same(heatmaps, target, nameof(arguments.Target));
        Expect.Weights(weights, heatmaps.size(0), heatmaps.size(1), nameof(arguments.Weights));
        var p = heatmaps.InFullPrecision();
        return (p, target.to_type(p.dtype), weights.to_type(p.dtype).unsqueeze(-1).unsqueeze(-1));
    }

    /// <summary>(w P - w T)², <c>[B, K, H, W]</c></summary>
    public static Tensor WeightedSquares(in PoseLossArguments<Tensor> arguments)
    {
        var (p, t, w) = Prepare(arguments);
        return (w * p.sub(t)).Squared();
    }
}
