namespace ClassroomKD.Pose;

/// <summary>Joints read from a network's answer. The dispose scope in which it was decoded owns both tensors.</summary>
/// <param name="Positions">x and y of each joint <c>[B, K, 2]</c>; the decoder says in which units.</param>
/// <param name="Scores">The peak's value <c>[B, K]</c>.</param>
public readonly record struct DecodedJoints(Tensor Positions, Tensor Scores);
