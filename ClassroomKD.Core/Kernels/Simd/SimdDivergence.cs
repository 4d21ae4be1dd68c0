using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary><see cref="MultiMentorDivergence"/> in vector instructions on the tensors' own memory; float32 on the CPU.</summary>
internal static unsafe class SimdDivergence
{
    /// <summary>About ten microseconds of work; less is not worth another thread.</summary>
    private const int LogitsPerTurn = 8192;

    /// <summary>Few enough that a thread mostly goes on with its prefetched row; enough that none waits long for the last.</summary>
    private const int TurnsPerThread = 16;

    /// <summary>As measured: this many keep the powers of all rows in the second-level cache, and a gradient is written once.</summary>
    private const int ClassesTogether = 16384;

    public static DivergenceParts Compute(in MultiMentorDivergenceArguments input, bool differentiate, SimdWidth width)
    {
        using var scope = NewDisposeScope();
        var (rows, classes, mentors) = (checked((int)input.Student.size(0)), checked((int)input.Student.size(1)), input.Mentors.Count);
        var loss = empty(rows, ScalarType.Float32);
        var perMentor = empty(mentors, rows, ScalarType.Float32);
        var gradient = differentiate ? empty(rows, classes, ScalarType.Float32) : null;
        var rowsPerTurn = Math.Max(
            (int)Math.Max(1, LogitsPerTurn / Math.Max(1, (long)classes * mentors)), rows / (TurnsPerThread * get_num_threads()));
        var size = RowCrew.Size(rows, rowsPerTurn);
        var stride = (classes + Vector512<float>.Count) & -Vector512<float>.Count;
        var most = Math.Clamp(ClassesTogether / Math.Max(1, classes), 1, DivergenceSums.Most);
        var groups = (mentors + most - 1) / most;
        var together = (mentors + groups - 1) / groups;

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
            StudentTemperatures = TensorMemory.Address<float>(TensorMemory.InOrder(input.StudentTemperatures!)),
            Loss = TensorMemory.Address<float>(loss),
            PerMentor = TensorMemory.Address<float>(perMentor),
            Gradient = gradient is null ? null : TensorMemory.Address<float>(gradient),
            ScratchStride = stride,
            Rows = rows,
            Classes = classes,
            MentorCount = mentors,
            Together = together,
            Scale = input.Scale,
            Upstream = input.Upstream,
        };
        job.Scratch = (float*)NativeMemory.AlignedAlloc(
            (nuint)(2L * size * (together + 1) * stride * sizeof(float)), (nuint)sizeof(Vector512<float>));
        RowCrew.Run(Body(SimdWidths.For(width, classes)), &job, rows, rowsPerTurn, size);
        NativeMemory.AlignedFree(job.Scratch);
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
        SimdWidth.Floats512 when Avx512F.IsSupported => &DivergenceRows<Floats512, Vector512<float>, Exp2Table>.Run,
        SimdWidth.Floats512 => &DivergenceRows<Floats512, Vector512<float>, Exp2Polynomial<Floats512, Vector512<float>>>.Run,
        SimdWidth.Floats256 => &DivergenceRows<Floats256, Vector256<float>, Exp2Polynomial<Floats256, Vector256<float>>>.Run,
        SimdWidth.Floats128 => &DivergenceRows<Floats128, Vector128<float>, Exp2Polynomial<Floats128, Vector128<float>>>.Run,
        SimdWidth.Doubles512 => &DivergenceRows<Doubles512, Vector512<double>, Exp2Polynomial<Doubles512, Vector512<double>>>.Run,
        SimdWidth.Doubles256 => &DivergenceRows<Doubles256, Vector256<double>, Exp2Polynomial<Doubles256, Vector256<double>>>.Run,
        _ => &DivergenceRows<Doubles1, double, Exp2Polynomial<Doubles1, double>>.Run,
    };
}
