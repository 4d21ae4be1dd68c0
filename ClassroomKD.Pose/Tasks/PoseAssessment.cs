namespace ClassroomKD.Pose;

/// <summary>How student and mentors did on a batch of persons, joint by joint.</summary>
public sealed class PoseAssessment : Assessment
{
    /// <summary>The similarity of each joint, <c>[1+M, B, K]</c> in [0, 1]; 0 where it is not judged or the answer is not finite.</summary>
    public required Tensor JointSimilarities { get; init; }

    /// <summary>The joints behind each performance, Boolean <c>[1+M, B, K]</c>: on the student's map and known to the network.</summary>
    public required Tensor Judged { get; init; }
}
