using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary><see cref="MultiMentorCrossEntropy"/> in vector instructions on the tensors' own memory; float32 on the CPU.</summary>
internal static unsafe class SimdCrossEntropy
{
    /// <summary>About ten microseconds of work; less is not worth another thread.</summary>
    private const int LogitsPerTurn = 24576;

    public static MultiMentorCrossEntropyResult Compute(in CrossEntropyInput input, SimdWidth width)
    {
        using var scope = NewDisposeScope();
        var (rows, classes, count) = (checked((int)input.Logits[0].size(0)), checked((int)input.Logits[0].size(1)), input.Logits.Length);
        var result = new MultiMentorCrossEntropyResult
        {
            CrossEntropy = empty(count, rows, ScalarType.Float32),
            Correct = empty(count, rows, ScalarType.Bool),
            Finite = empty(count, rows, ScalarType.Bool),
        };
        var addresses = stackalloc float*[count];
        for (var k = 0; k < count; k++)
            addresses[k] = TensorMemory.Address<float>(TensorMemory.InOrder(input.Logits[k]));
        var targets = TensorMemory.InOrder(input.Targets);
        var job = new CrossEntropyJob
        {
            Logits = addresses,
            Count = count,
            Labels = input.TargetsAreIndices ? TensorMemory.Address<long>(targets) : null,
            Distribution = input.TargetsAreIndices ? null : TensorMemory.Address<float>(targets),
            IgnoreIndex = input.IgnoreIndex,
            CrossEntropy = TensorMemory.Address<float>(result.CrossEntropy),
            Correct = TensorMemory.Address<bool>(result.Correct),
            Finite = TensorMemory.Address<bool>(result.Finite),
            Rows = rows,
            Classes = classes,
        };
        var rowsPerTurn = Math.Max(1, LogitsPerTurn / Math.Max(1, classes * count));
        var size = RowCrew.Size(rows, rowsPerTurn);
        job.Scratch = (float*)NativeMemory.Alloc((nuint)(2L * size * classes * sizeof(float)));
        RowCrew.Run(Body(SimdWidths.For(width, classes)), &job, rows, rowsPerTurn, size);
        NativeMemory.Free(job.Scratch);
        GC.KeepAlive(input.Logits);
        GC.KeepAlive(targets);
        result.CrossEntropy.MoveToOuterDisposeScope();
        result.Correct.MoveToOuterDisposeScope();
        result.Finite.MoveToOuterDisposeScope();
        return result;
    }

    private static delegate*<void*, int, int, int, void> Body(SimdWidth width) => width switch
    {
        SimdWidth.Floats512 when Avx512F.IsSupported => &CrossEntropyRows<Floats512, Vector512<float>, Exp2Table>.Run,
        SimdWidth.Floats512 => &CrossEntropyRows<Floats512, Vector512<float>, Exp2Polynomial<Floats512, Vector512<float>>>.Run,
        SimdWidth.Floats256 => &CrossEntropyRows<Floats256, Vector256<float>, Exp2Polynomial<Floats256, Vector256<float>>>.Run,
        SimdWidth.Floats128 => &CrossEntropyRows<Floats128, Vector128<float>, Exp2Polynomial<Floats128, Vector128<float>>>.Run,
        SimdWidth.Doubles512 => &CrossEntropyRows<Doubles512, Vector512<double>, Exp2Polynomial<Doubles512, Vector512<double>>>.Run,
        SimdWidth.Doubles256 => &CrossEntropyRows<Doubles256, Vector256<double>, Exp2Polynomial<Doubles256, Vector256<double>>>.Run,
        _ => &CrossEntropyRows<Doubles1, double, Exp2Polynomial<Doubles1, double>>.Run,
    };
}
