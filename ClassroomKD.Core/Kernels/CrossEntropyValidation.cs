using TorchSharp;
using static TorchSharp.torch;

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
        var (student, targets) = (arguments.Student, arguments.Targets);
        LogitsValidation.CheckDevice(targets, student, nameof(arguments.Targets));
        if (targets.dtype == ScalarType.Int64)
        {
            if (targets.dim() != 1 || targets.size(0) != student.size(0))
                throw new ArgumentException($"Targets: class indices of shape [{student.size(0)}] were expected, got {LogitsValidation.Shape(targets)}.");
            if (targets.device_type == DeviceType.CPU)
                CheckIndices(targets, student.size(1), arguments.IgnoreIndex);
        }
        else if (!targets.is_floating_point())
        {
            throw new ArgumentException($"Targets: class indices as Int64 or a distribution of a floating type were expected, got {targets.dtype}.");
        }
        else if (targets.dim() != 2 || targets.size(0) != student.size(0) || targets.size(1) != student.size(1))
        {
            throw new ArgumentException(
                $"Targets: a distribution of shape {LogitsValidation.Shape(student)} was expected, got {LogitsValidation.Shape(targets)}.");
        }
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
