namespace ClassroomKD.Pose;

/// <summary>How student and mentors did on a batch of persons, joint by joint.</summary>
public sealed class PoseAssessment : Assessment
{
    /// <summary>The similarity of each joint, <c>[1+M, B, K]</c> in [0, 1]; 0 where it is not judged or the answer is not finite.</summary>
    public required Tensor JointSimilarities { get; init; }

    /// <summary>The joints behind each performance, Boolean <c>[1+M, B, K]</c>: on the student's map and known to the network.</summary>
    public required Tensor Judged { get; init; }

    // The joints of which each mentor has a map to teach, Boolean [M, B, K].
    internal Func<Tensor>? FindTeachable { get; init; }

    internal Func<Tensor?> MeasureAgreements { get; init; } = () => null;

    /// <summary>The OKS of each mentor's joints with the student's as the truth, <c>[M, B]</c>.</summary>
    /// <returns>0 where one answered with NaN or infinity, or no joint is judged.</returns>
    public override Tensor? Agreements() => MeasureAgreements();

    /// <summary>Joint by joint.</summary>
    public override AssessedGroups Groups()
    {
        var (batch, joints) = (Judged.size(1), Judged.size(2));
        return new AssessedGroups
        {
            Count = (int)joints,
            Members = Arithmetic.Index(joints, JointSimilarities).to(ScalarType.Int64).unsqueeze(0).expand(batch, joints),
            Eligible = cat([Judged.narrow(0, 0, 1), FindTeachable?.Invoke() ?? Judged.narrow(0, 1, Judged.size(0) - 1)]),
            Performances = JointSimilarities,
        };
    }
}
