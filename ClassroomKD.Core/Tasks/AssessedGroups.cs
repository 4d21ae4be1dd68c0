namespace ClassroomKD;

/// <summary>How well student and mentors did on what a task tells apart: the classes of its samples, or the parts of each.</summary>
/// <remarks>M mentors, B samples, the student first; each sample belongs to G groups.</remarks>
public sealed class AssessedGroups
{
    /// <summary>How many groups there are; the same for all batches.</summary>
    public required int Count { get; init; }

    /// <summary>The groups of each sample, int64 <c>[B, G]</c>, from 0 to <see cref="Count"/> - 1.</summary>
    public required Tensor Members { get; init; }

    /// <summary>Where the group counts for the sample (the student's row), and where the mentor may teach it, Boolean
    /// <c>[1+M, B, G]</c>.</summary>
    public required Tensor Eligible { get; init; }

    /// <summary>How well each did there, <c>[1+M, B, G]</c>, without NaN.</summary>
    public required Tensor Performances { get; init; }
}
