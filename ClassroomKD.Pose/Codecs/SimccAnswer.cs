using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>What a SimCC head answers: per joint one row of bins for x and one for y (arXiv 2107.03332).</summary>
/// <param name="X"><c>[B, K, width * split]</c></param>
/// <param name="Y"><c>[B, K, height * split]</c></param>
public readonly record struct SimccAnswer(Tensor X, Tensor Y);
