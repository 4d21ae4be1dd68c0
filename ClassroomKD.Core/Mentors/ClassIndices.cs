namespace ClassroomKD;

/// <summary>A <see cref="ClassMap"/> as tensors on one device. They belong to the map, not to a dispose scope.</summary>
internal sealed class ClassIndices
{
    public ClassIndices(IReadOnlyList<int> student, IReadOnlyList<int> mentor, int studentClasses, Device device)
    {
        using var scope = NewDisposeScope();
        Student = On(device, [.. student.Select(index => (long)index)]);
        Mentor = On(device, [.. mentor.Select(index => (long)index)]);
        var known = new bool[studentClasses];
        foreach (var index in student)
            known[index] = true;
        using var onHost = tensor(known);
        Known = onHost.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>The K shared classes in the student's logits, int64 <c>[K]</c>.</summary>
    public Tensor Student { get; }

    /// <summary>The same in the mentor's.</summary>
    public Tensor Mentor { get; }

    /// <summary>Whether each of the student's classes is shared, Boolean <c>[C]</c>.</summary>
    public Tensor Known { get; }

    private static Tensor On(Device device, long[] values)
    {
        using var onHost = tensor(values);
        return onHost.to(device, copy: true).DetachFromDisposeScope();
    }
}
