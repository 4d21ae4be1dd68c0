namespace ClassroomKD.Pose;

/// <summary>What heatmaps are trained towards. The dispose scope in which it was encoded owns both tensors.</summary>
/// <param name="Heatmaps"><c>[B, K, H, W]</c>, peak 1; all 0 for a joint of weight 0.</param>
/// <param name="Weights"><c>[B, K]</c>: as given, but 0 for joints whose patch lies outside the map.</param>
public readonly record struct HeatmapTarget(Tensor Heatmaps, Tensor Weights);
