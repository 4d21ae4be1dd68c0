using System.Globalization;

namespace ClassroomKD.Kernels;

/// <summary>Refuses arguments of <see cref="MultiMentorCrossEntropy"/> that do not fit together. Texts are made only on failure.</summary>
internal static class CrossEntropyValidation
{
    // Half types round each entry by up to 2^-9 of it.
    private const double Tolerance = 0.01;

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

    /// <summary>Refuses rows of targets on the CPU that are no distribution. Class indices pass.</summary>
    public static unsafe void CheckDistributions(Tensor targets)
    {
        if (targets.dtype == ScalarType.Int64 || targets.device_type != DeviceType.CPU || targets.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var shares = targets.detach().InFullPrecision();
        var sums = ComputeType.Cast(shares.sum(1), ScalarType.Float64);
        var least = ComputeType.Cast(shares.amin([1]), ScalarType.Float64);
        double* sum = TensorMemory.Address<double>(sums), smallest = TensorMemory.Address<double>(least);
        for (var row = 0L; row < sums.size(0); row++)
            if (!(smallest[row] >= 0 && Math.Abs(sum[row] - 1) <= Tolerance))
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Targets: row {row} is no distribution: its entries sum to {sum[row]:G4}, the least is {smallest[row]:G4}; ") +
                    "shares of at least 0 that sum to 1 were expected, such as logits give by a softmax.");
        GC.KeepAlive(sums);
        GC.KeepAlive(least);
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
