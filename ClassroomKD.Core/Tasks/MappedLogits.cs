using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>Mentors' logits in the student's classes, for mentors that come with a <see cref="ClassMap"/>.</summary>
internal static class MappedLogits
{
    /// <summary>Each mentor's logits over the classes that it shares with the student, in the student's order: <c>[B, K]</c>.</summary>
    public static IReadOnlyList<Tensor> Shared(IReadOnlyList<Tensor> mentors, IReadOnlyList<ClassMap?>? maps) =>
        maps is null
            ? mentors
            : [.. mentors.Select((logits, m) => maps[m] is { } map ? logits.index_select(1, map.Beside(logits).Mentor) : logits)];

    /// <summary>Whether a mentor lacks classes of the student.</summary>
    public static bool IsPartial(IReadOnlyList<ClassMap?>? maps, int mentor) => maps?[mentor] is { CoversStudent: false };

    /// <summary>Each mentor's logits over all of the student's classes.</summary>
    public static IReadOnlyList<Tensor> Completed(Tensor student, IReadOnlyList<Tensor> mentors, IReadOnlyList<ClassMap?>? maps) =>
        maps is null ? mentors : [.. mentors.Select((shared, m) => IsPartial(maps, m) ? Complete(student, shared, maps[m]!) : shared)];

    /// <summary>
    /// What a mentor that lacks classes says about all of them: the student's distribution, in which the probability of the shared classes
    /// is divided among them as the mentor says. As logits <c>[B, C]</c>: the student's, the shared ones replaced by
    /// <c>z_m - lse(z_m) + lse(z_0 shared)</c>.
    /// </summary>
    private static Tensor Complete(Tensor student, Tensor shared, ClassMap map)
    {
        var type = student.FullPrecision();
        var indices = map.Beside(student).Student;
        // Whether the mentor answered with numbers must not depend on the student.
        var own = ComputeType.Cast(student.detach(), type).nan_to_num(0, 0, double.NegativeInfinity);
        var division = ComputeType.Cast(shared, type);
        var ofShared = own.index_select(1, indices).logsumexp(1, keepdim: true);
        var replaced = division.sub(division.logsumexp(1, keepdim: true)).add(ofShared, Scalars.One);
        return own.index_copy(1, indices, replaced);
    }

    /// <summary>A distribution restricted to the shared classes, even where it holds none of them: <c>[B, K]</c>.</summary>
    public static Tensor Restrict(Tensor distribution, ClassMap map)
    {
        var shared = distribution.index_select(1, map.Beside(distribution).Student);
        var sums = shared.sum(1, keepdim: true);
        var none = sums.eq(Scalars.Zero);
        return shared.div(sums.masked_fill(none, Scalars.One)).masked_fill(none, Scalars.Of(1.0 / shared.size(1)));
    }

    /// <summary>Mentors that one pass can serve: those that know all classes first, then those of each partial map.</summary>
    public static IEnumerable<(ClassMap? Partial, int[] Mentors)> Groups(int count, IReadOnlyList<ClassMap?>? maps) =>
        Enumerable.Range(0, count)
            .GroupBy(m => IsPartial(maps, m) ? maps![m] : null)
            .OrderBy(group => group.Key is not null)
            .Select(group => (group.Key, group.ToArray()));
}
