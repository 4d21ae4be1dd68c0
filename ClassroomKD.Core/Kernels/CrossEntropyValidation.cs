namespace ClassroomKD.Kernels;

/// <summary>Refuses arguments of <see cref="MultiMentorCrossEntropy"/> that do not fit together. Texts are made only on failure.</summary>
internal static class CrossEntropyValidation
{
    public static void Check(in MultiMentorCrossEntropyArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments.Student);
        ArgumentNullException.ThrowIfNull(arguments.Mentors);
        ArgumentNullException.ThrowIfNull(arguments.Targets);
        LogitsValidation.Check(arguments.Student, arguments.Mentors);
        CheckTargets(arguments.Targets, arguments.Student, arguments.IgnoreIndex);
    }

    /// <summary>Refuses targets that are neither class indices nor distributions for the student's rows and classes.</summary>
    public static void CheckTargets(Tensor targets, Tensor student, long ignoreIndex)
    {
        long rows = student.size(0), classes = student.size(1);
        var indices = targets.dtype == ScalarType.Int64;
        var fits = indices
            ? targets.dim() == 1 && targets.size(0) == rows
            : targets.is_floating_point() && targets.dim() == 2 && targets.size(0) == rows && targets.size(1) == classes;
        if (!fits)
            throw new ArgumentException(
                $"Targets: int64 class indices [{rows}] or a floating-point distribution [{rows}, {classes}] were expected, " +
                $"got {targets.dtype} {LogitsValidation.Shape(targets)}.");
        LogitsValidation.CheckDevice(targets, student, nameof(MultiMentorCrossEntropyArguments.Targets));
        if (indices && targets.device_type == DeviceType.CPU)
            CheckIndices(targets, classes, ignoreIndex);
    }

    private static unsafe void CheckIndices(Tensor targets, long classes, long ignore)
    {
        using var scope = NewDisposeScope();
        var ordered = TensorMemory.InOrder(targets);
        var indices = TensorMemory.Address<long>(ordered);
        for (var row = 0L; row < ordered.size(0); row++)
            if ((ulong)indices[row] >= (ulong)classes && indices[row] != ignore)
                throw new ArgumentException(
                    $"Targets: row {row} holds class {indices[row]}; 0 to {classes - 1} or {ignore} (ignored) was expected.");
        GC.KeepAlive(ordered);
    }
}
