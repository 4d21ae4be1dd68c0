namespace ClassroomKD;

/// <summary>Which of a classroom's mentors answer a batch. Tables of those that do become tables of all.</summary>
/// <param name="present">Their indices, ascending.</param>
/// <param name="mentors">M, how many mentors the classroom has.</param>
internal sealed class Attendance(IReadOnlyList<int> present, int mentors)
{
    public bool IsFull => present.Count == mentors;

    public IReadOnlyList<int> Present => present;

    /// <exception cref="InvalidOperationException">The ranker chose what is not a mentor, or nobody.</exception>
    public static Attendance Of(IMentorSelector? selector, int mentors, long step)
    {
        if (selector is null)
            return new([.. Enumerable.Range(0, mentors)], mentors);
        var chosen = selector.Choose(mentors, step);
        var ascend = chosen.Zip(chosen.Skip(1)).All(pair => pair.First < pair.Second);
        if (chosen.Count == 0 || chosen[0] < 0 || chosen[^1] >= mentors || !ascend)
            throw new InvalidOperationException(
                $"{selector.GetType().Name} chose the mentors [{string.Join(", ", chosen)}] of {mentors}; " +
                "ascending indices, at least one, were expected.");
        return new(chosen, mentors);
    }

    /// <summary>Those of a list of all that belong to mentors who are present.</summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> all) => IsFull ? all : [.. present.Select(m => all[m])];

    /// <summary>A table <c>[K, B, ...]</c> as <c>[M, B, ...]</c>; with the student first, as <c>[1+M, B, ...]</c>.</summary>
    public Tensor Expand(Tensor table, Scalar absent, bool withStudent = false)
    {
        if (IsFull)
            return table;
        var first = withStudent ? 1 : 0;
        var nothing = full_like(table.select(0, 0), absent);
        var rows = Enumerable.Repeat(nothing, first + mentors).ToArray();
        for (var i = 0; i < first + present.Count; i++)
            rows[i < first ? i : first + present[i - first]] = table.select(0, i);
        return stack(rows);
    }

    /// <summary>The assessment in which mentors that are absent did nothing.</summary>
    public Assessment Expand(Assessment assessment)
    {
        if (IsFull)
            return assessment;
        var performances = assessment.Performances.narrow(0, 1, present.Count);
        return new ExpandedAssessment(
            assessment.Agreements() is { } agreements ? Expand(agreements, Scalars.Zero) : null,
            assessment.Groups() is { } groups ? Expand(groups) : null)
        {
            Performances = Expand(assessment.Performances, Scalars.Zero, withStudent: true),
            Eligible = Expand(assessment.Eligible ?? ones_like(performances, ScalarType.Bool), Scalars.Zero),
            Finite = Expand(assessment.Finite ?? ones_like(performances, ScalarType.Bool), Scalars.One),
            Counted = assessment.Counted,
        };
    }

    private AssessedGroups Expand(AssessedGroups groups) => new()
    {
        Count = groups.Count,
        Members = groups.Members,
        Eligible = Expand(groups.Eligible, Scalars.Zero, withStudent: true),
        Performances = Expand(groups.Performances, Scalars.Zero, withStudent: true),
    };

    private sealed class ExpandedAssessment(Tensor? agreements, AssessedGroups? groups) : Assessment
    {
        public override Tensor? Agreements() => agreements;

        public override AssessedGroups? Groups() => groups;
    }
}
