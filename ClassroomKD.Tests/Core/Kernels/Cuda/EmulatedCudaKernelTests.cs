using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Simd;
using NUnit.Framework;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>What every implementation of the divergence must do, done by the CUDA kernel's source on the CPU.</summary>
[TestFixture]
public sealed class EmulatedCudaDivergenceTests() : MultiMentorDivergenceTests(KernelImplementation.Cuda, 0)
{
    protected override MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) => EmulatedCuda.Compute(arguments);
}

/// <summary>The golden figures likewise.</summary>
[TestFixture]
public sealed class EmulatedCudaDivergenceGoldenTests() : DivergenceGoldenTests(KernelImplementation.Cuda)
{
    protected override MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) => EmulatedCuda.Compute(arguments);
}

/// <summary>And the cross-entropy.</summary>
[TestFixture]
public sealed class EmulatedCudaCrossEntropyTests() : MultiMentorCrossEntropyTests(KernelImplementation.Cuda, 0)
{
    protected override MultiMentorCrossEntropyResult Judge(MultiMentorCrossEntropyArguments arguments) =>
        MultiMentorCrossEntropy.Compute(arguments, SimdWidth.Auto, EmulatedCuda.Runtime);
}
