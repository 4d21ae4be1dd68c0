namespace ClassroomKD.Pose;

/// <summary>What a SimCC head is trained towards. The dispose scope in which it was encoded owns the tensors.</summary>
/// <param name="Labels">Gaussians with peak 1, all 0 for a joint of weight 0.</param>
/// <param name="Weights"><c>[B, K]</c>: as given, but 0 for joints too far outside.</param>
public readonly record struct SimccTarget(SimccAnswer Labels, Tensor Weights);
