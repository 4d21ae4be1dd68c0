using System.Runtime.InteropServices;
using ClassroomKD.Distributed;
using ClassroomKD.Tests.Core.Kernels.Cuda;

namespace ClassroomKD.Tests.Distributed;

/// <summary>NCCL by its C interface: fake_nccl.cpp stands in for it, threads for ranks, the memory of the CPU for that of a GPU.</summary>
public sealed unsafe class NcclTests : TensorFixture
{
    private string library = "";

    [OneTimeSetUp]
    public void Build()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The emulation of NCCL needs Linux.");
        var folder = Directory.CreateTempSubdirectory("classroomkd-nccl-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        library = Path.Combine(folder.FullName, "libfakenccl.so");
        var source = Path.Combine(TestContext.CurrentContext.TestDirectory, "Distributed", "fake_nccl.cpp");
        var result = EmulatedCuda.Compile("g++", "-std=c++17", "-O1", "-shared", "-fPIC", "-pthread", "-o", library, source);
        if (result is null)
            Assert.Ignore("There is no g++ to compile the CUDA kernels for the CPU.");
        result!.Value.Code.Should().Be(0, result.Value.Errors);
    }

    [TearDown]
    public void Permit() => Refuse("");

    [Test]
    public void Collectives_give_what_MPI_gives()
    {
        ThreadGroup.Run(3, group =>
        {
            using var nccl = New(group);
            foreach (var type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.Int64])
            {
                var sum = arange(6, type).add(Scalars.OfInteger(nccl.Rank)).reshape(2, 3);
                nccl.AllReduce(sum);
                sum.Doubles().Should().Equal(3, 6, 9, 12, 15, 18);
                var largest = zeros([2], type).add(Scalars.OfInteger(nccl.Rank));
                nccl.AllReduce(largest, ReduceOperation.Max);
                largest.Doubles().Should().Equal(2, 2);
            }

            // Elements out of order.
            var columns = zeros(2, 3);
            columns.select(1, 1).add_(Scalars.Of(nccl.Rank));
            nccl.AllReduce(columns.select(1, 1));
            columns.Doubles().Should().Equal(0, 3, 0, 0, 3, 0);

            var half = full([4], nccl.Rank, ScalarType.Float16);
            nccl.Broadcast(half, root: 2);
            half.Doubles().Should().Equal(2, 2, 2, 2);
            var all = nccl.Gather(full([2], nccl.Rank, ScalarType.Byte), root: 1);
            (all is not null).Should().Be(nccl.Rank == 1);
            all?.Doubles().Should().Equal(0, 0, 1, 1, 2, 2);
            nccl.Barrier();
        });

        Fake("fake_alive").Should().Be(0, "every communicator is released");
    }

    [Test]
    public void A_training_is_that_of_MPI()
    {
        var before = Fake("fake_calls");
        var expected = EqualityScenario.Loop(ProcessGroup.Create(), "classes", ClassroomPreset.Batch);
        var making = new Lock();
        var outcomes = ThreadGroup.Run(2, group =>
        {
            ISchool school;
            lock (making)
                school = Schools.Of("classes", ClassroomPreset.Batch);
            using var nccl = New(group);
            using (school)
                return school.Loop(nccl, EqualityScenario.Epochs).Losses;
        });

        outcomes[1].Should().Equal(outcomes[0]);
        outcomes[0].Should().Equal(expected.Losses, (a, b) => Math.Abs(a - b) < 2e-6 * b);
        Fake("fake_calls").Should().BeGreaterThan(before);
    }

    [Test]
    public void What_NCCL_refuses_ends_the_job_with_its_words()
    {
        Refuse("ncclAllReduce");
        var act = () => ThreadGroup.Run(2, group => New(group).AllReduce(zeros(1)));

        act.Should().Throw<AggregateException>().WithInnerException<DistributedException>()
            .WithMessage("ncclAllReduce failed with code 1: an invented error*NCCL_DEBUG=INFO*");
    }

    [Test]
    public void A_missing_NCCL_says_where_it_comes_from() =>
        FluentActions.Invoking(() => new NcclLibrary(NcclFiles.Candidates("libno-such-nccl.so"), library, 0))
            .Should().Throw<DistributedException>().WithMessage("NCCL was not found (looked for libno-such-nccl.so)*nvidia-nccl-cu12*");

    private NcclProcessGroup New(IProcessGroup group) =>
        new(group, new NcclLibrary([library], library, group.LocalRank), group.LocalRank, DeviceType.CPU);

    private int Fake(string function) =>
        ((delegate* unmanaged<int>)NativeLibrary.GetExport(NativeLibrary.Load(library), function))();

    private void Refuse(string function)
    {
        var name = Marshal.StringToCoTaskMemUTF8(function);
        ((delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(NativeLibrary.Load(library), "fake_refuse"))((byte*)name);
        Marshal.FreeCoTaskMem(name);
    }
}
