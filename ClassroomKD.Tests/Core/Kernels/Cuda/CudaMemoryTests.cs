using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Simd;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

[NonParallelizable]
public sealed class CudaMemoryTests
{
    [Test]
    public void Live_tensors_and_managed_memory_of_a_step_stay_flat([Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        var small = Allocated(2, 8, type);
        var large = Allocated(64, 96, type);

        large.Should().BeLessThanOrEqualTo(small + 512);
    }

    private static long Allocated(int rows, int classes, ScalarType type)
    {
        using var lesson = new DivergenceCase(rows, classes, 3, seed: 47, type: type);
        lesson.Student.requires_grad = true;
        void Step()
        {
            using var scope = NewDisposeScope();
            MultiMentorDivergence.Compute(lesson.Arguments(KernelImplementation.Cuda), SimdWidth.Auto, EmulatedCuda.Runtime)
                .Loss.sum().backward();
        }

        for (var i = 0; i < 5; i++)
            Step();
        var (tensors, bytes) = (Tensor.TotalCount, GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < 100; i++)
            Step();
        Tensor.TotalCount.Should().Be(tensors);
        return (GC.GetAllocatedBytesForCurrentThread() - bytes) / 100;
    }
}
