using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

[TestFixture(KernelImplementation.Reference)]
[TestFixture(KernelImplementation.Simd)]
[NonParallelizable]
public sealed class DivergenceMemoryTests(KernelImplementation implementation)
{
    [Test]
    public void Live_tensors_stay_flat_over_a_thousand_steps()
    {
        using var lesson = new DivergenceCase(4, 33, 2, seed: 43);
        lesson.Student.requires_grad = true;
        Step(lesson);
        var before = LiveTensors.Settled();

        for (var i = 0; i < 1000; i++)
            Step(lesson);

        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Live_tensors_stay_flat_when_nobody_goes_backward()
    {
        using var lesson = new DivergenceCase(4, 33, 2, seed: 43);
        lesson.Student.requires_grad = true;
        var before = LiveTensors.Settled();

        for (var i = 0; i < 1000; i++)
        {
            var result = MultiMentorDivergence.Compute(lesson.Arguments(implementation));
            result.Loss.Dispose();
            result.PerMentor.Dispose();
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Managed_memory_of_a_step_does_not_grow_with_the_batch()
    {
        var small = Allocated(2, 8);
        var large = Allocated(256, 1000);

        large.Should().BeLessThanOrEqualTo(small + 512);
    }

    private long Allocated(int rows, int classes)
    {
        using var lesson = new DivergenceCase(rows, classes, 3, seed: 47);
        lesson.Student.requires_grad = true;
        for (var i = 0; i < 5; i++)
            Step(lesson);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            Step(lesson);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
    }

    private void Step(DivergenceCase lesson)
    {
        using var scope = NewDisposeScope();
        MultiMentorDivergence.Compute(lesson.Arguments(implementation)).Loss.sum().backward();
    }
}
