using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Cuda;

namespace ClassroomKD.Tests.Core.Kernels;

public sealed class KernelDiagnosticsTests
{
    [Test]
    public void Classroom_says_once_why_the_cuda_kernels_do_not_run()
    {
        RefuseForGood();
        using var scope = NewDisposeScope();
        using var network = nn.Identity();
        using var mentor = new Mentor("m", network);
        var logger = new LogLines();
        using var classroom = new Classroom([mentor], name: "7b", logger: logger);

        for (var i = 0; i < 3; i++)
            classroom.Teach(rand(4, 5), rand(4, 5, requires_grad: true), zeros([4], ScalarType.Int64));

        KernelDiagnostics.CudaRefusal.Should().NotBeNullOrEmpty();
        logger.All.Should().ContainSingle().Which.Should().Contain("'7b'").And.EndWith(KernelDiagnostics.CudaRefusal);
    }

    /// <summary>Wants a kernel of this machine, which has no GPU, as tensors on one would.</summary>
    private static unsafe void RefuseForGood()
    {
        if (cuda.is_available())
            Assert.Ignore("Here the CUDA kernels run.");
        try
        {
            CudaRuntime.Installed.Launch(0, new("divergence", ScalarType.Float32, ScalarType.Float32, 4, 1, 1), new(1, 1, 32), null);
            Assert.Ignore("Here the CUDA kernels run.");
        }
        catch (CudaException exception)
        {
            CudaRuntime.Installed.Refuse(exception, KernelImplementation.Auto);
        }
    }
}
