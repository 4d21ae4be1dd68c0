using ClassroomKD.Kernels;
using NUnit.Framework;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>What every implementation of the divergence must do, done on a GPU; skipped where there is none.</summary>
[TestFixture, Category("Cuda")]
public sealed class CudaDivergenceTests() : MultiMentorDivergenceTests(KernelImplementation.Cuda, 0)
{
    [OneTimeSetUp]
    public void RequireGpu() => Gpu.Require();

    protected override MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) => Gpu.Compute(arguments);
}

/// <summary>The golden figures likewise.</summary>
[TestFixture, Category("Cuda")]
public sealed class CudaDivergenceGoldenTests() : DivergenceGoldenTests(KernelImplementation.Cuda)
{
    [OneTimeSetUp]
    public void RequireGpu() => Gpu.Require();

    protected override MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) => Gpu.Compute(arguments);
}

/// <summary>And the cross-entropy.</summary>
[TestFixture, Category("Cuda")]
public sealed class CudaCrossEntropyTests() : MultiMentorCrossEntropyTests(KernelImplementation.Cuda, 0)
{
    [OneTimeSetUp]
    public void RequireGpu() => Gpu.Require();

    protected override MultiMentorCrossEntropyResult Judge(MultiMentorCrossEntropyArguments arguments) => Gpu.Judge(arguments);
}
