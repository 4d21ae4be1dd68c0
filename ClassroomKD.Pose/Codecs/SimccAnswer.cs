using System.Runtime.CompilerServices;

namespace ClassroomKD.Pose;

/// <summary>What a SimCC head answers: per joint one row of bins for x and one for y (arXiv 2107.03332).</summary>
/// <param name="X"><c>[B, K, width * split]</c>.</param>
/// <param name="Y"><c>[B, K, height * split]</c>.</param>
/// <remarks>A tuple of tensors, so that a mentor hands it to its caller's dispose scope.</remarks>
public readonly record struct SimccAnswer(Tensor X, Tensor Y) : ITuple
{
    int ITuple.Length => 2;

    object? ITuple.this[int index] => index == 0 ? X : Y;
}
