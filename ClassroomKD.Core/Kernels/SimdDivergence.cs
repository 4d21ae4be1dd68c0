using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary><see cref="MultiMentorDivergence"/> in vector instructions on the tensors' own memory; float32 on the CPU.</summary>
internal static unsafe class SimdDivergence
{
    /// <summary>About ten microseconds of work: less is not worth another thread.</summary>
    private const int LogitsPerTurn = 8192;

    /// <summary>As measured: of rows up to 1,000 classes all mentors of a usual class are taken together, of the longest two.</summary>
    private const int MostTogether = 8;
    private const int ClassesTogether = 8192;

    public static DivergenceParts Compute(in DivergenceInput input, bool differentiate, SimdWidth width)
    {
        using var scope = NewDisposeScope();
        var (rows, classes, mentors) = (checked((int)input.Student.size(0)), checked((int)input.Student.size(1)), input.Mentors.Count);
        var loss = empty(rows, ScalarType.Float32);
        var perMentor = empty(mentors, rows, ScalarType.Float32);
        var gradient = differentiate ? empty(rows, classes, ScalarType.Float32) : null;
        var rowsPerTurn = Math.Max(1, LogitsPerTurn / Math.Max(1, classes * mentors));
        var size = RowCrew.Size(rows, rowsPerTurn);
        var stride = (classes + Vector512<float>.Count) & -Vector512<float>.Count;
        var together = Math.Clamp(ClassesTogether / Math.Max(1, classes), 1, Math.Min(MostTogether, mentors));
        var scratch = empty(size, 2L * together * stride, ScalarType.Float32);

        // The scope keeps every copy alive; the originals are the caller's, kept below.
        var addresses = stackalloc float*[mentors];
        for (var m = 0; m < mentors; m++)
            addresses[m] = TensorMemory.Address<float>(TensorMemory.InOrder(input.Mentors[m]));
        var job = new DivergenceJob
        {
            Student = TensorMemory.Address<float>(TensorMemory.InOrder(input.Student)),
            Mentors = addresses,
            Weights = TensorMemory.Address<float>(TensorMemory.InOrder(input.Weights)),
            Temperatures = TensorMemory.Address<float>(TensorMemory.InOrder(input.Temperatures)),
            StudentTemperatures = TensorMemory.Address<float>(TensorMemory.InOrder(input.StudentTemperatures)),
            Loss = TensorMemory.Address<float>(loss),
            PerMentor = TensorMemory.Address<float>(perMentor),
            Gradient = gradient is null ? null : TensorMemory.Address<float>(gradient),
            Scratch = TensorMemory.Address<float>(scratch),
            ScratchStride = stride,
            Rows = rows,
            Classes = classes,
            MentorCount = mentors,
            Together = together,
            Scale = input.Scale,
        };
        RowCrew.Run(Body(SimdWidths.For(width, classes)), &job, rows, rowsPerTurn, size);
        GC.KeepAlive(input.Student);
        GC.KeepAlive(input.Mentors);
        GC.KeepAlive(input.Weights);
        GC.KeepAlive(input.Temperatures);
        GC.KeepAlive(input.StudentTemperatures);
        return new DivergenceParts(
            loss.MoveToOuterDisposeScope(), perMentor.MoveToOuterDisposeScope(), gradient?.MoveToOuterDisposeScope());
    }

    private static delegate*<void*, int, int, int, void> Body(SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => &DivergenceRows<Lanes512, Vector512<float>>.Run,
        SimdWidth.Bits256 => &DivergenceRows<Lanes256, Vector256<float>>.Run,
        SimdWidth.Bits128 => &DivergenceRows<Lanes128, Vector128<float>>.Run,
        _ => &DivergenceRows<Lanes1, float>.Run,
    };
}
