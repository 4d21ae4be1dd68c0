using ClassroomKD.Tests.Core.Kernels.Cuda;

namespace ClassroomKD.Tests.Devices;

/// <summary>
/// Tests that do the same on a device and on the CPU. They run on the CPU everywhere, where they compare it with itself, and on a GPU where
/// there is one.
/// </summary>
[NonParallelizable]
public abstract class DeviceFixture(string device)
{
    private bool? reducedPrecision;

    /// <summary>Not before libtorch was loaded.</summary>
    protected Device On => device == "cpu" ? CPU : torch.device(device);

    [OneTimeSetUp]
    public void Require()
    {
        if (device == "cpu")
            return;
        Gpu.Require();

        // cuDNN computes convolutions with ten bits of mantissa unless told otherwise, and no difference of ours would show.
        reducedPrecision = backends.cudnn.allow_tf32;
        backends.cudnn.allow_tf32 = false;
    }

    [OneTimeTearDown]
    public void Restore()
    {
        // Nothing was set where there is no GPU, and naming its device throws there.
        if (reducedPrecision is { } before)
            backends.cudnn.allow_tf32 = before;
    }

    /// <summary>Runs a step several times in a scope of its own, and expects that no tensor of it stays, on whatever device.</summary>
    protected static void LeavesNothing(Action step)
    {
        void Once()
        {
            using var scope = NewDisposeScope();
            step();
        }

        Once();
        LiveTensors.Settled();
        var live = Tensor.TotalCount;
        for (var i = 0; i < 2; i++)
        {
            Once();
            Tensor.TotalCount.Should().Be(live, "tensors alive after step {0}", i);
        }
    }

    /// <summary>
    /// Expects the same lesson on both devices. Both compute in float32 and sum in different orders: figures of thousands of terms agree to
    /// about 1e-6, what subtracts them and divides by small ones to 1e-4.
    /// </summary>
    protected void ShouldAgree(Lesson here, Lesson there, double within = 1e-4)
    {
        foreach (var (name, expected, actual) in new[]
        {
            (nameof(Lesson.Performances), here.Performances, there.Performances), (nameof(Lesson.Ranks), here.Ranks, there.Ranks),
            (nameof(Lesson.Weights), here.Weights, there.Weights), (nameof(Lesson.Temperatures), here.Temperatures, there.Temperatures),
            (nameof(Lesson.MentorLosses), here.MentorLosses, there.MentorLosses), (nameof(Lesson.TaskLoss), here.TaskLoss, there.TaskLoss),
            (nameof(Lesson.Loss), here.Loss, there.Loss),
        })
        {
            actual.device_type.Should().Be(On.type, name);
            actual.ShouldEqual(expected, within, name, absolute: 1e-6);
        }
    }
}
