using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Devices;

/// <summary>The real NCCL on a GPU, with one rank: its calls, its types, and libtorch's stream.</summary>
[TestFixture("cuda", Category = "Cuda")]
public sealed class NcclDeviceTests(string device) : DeviceFixture(device)
{
    [Test]
    public void Collectives_of_one_rank_give_what_they_are_given()
    {
        using var scope = NewDisposeScope();
        using var group = new NcclProcessGroup(new SingleProcessGroup(), Library(), 0);
        foreach (var type in (ScalarType[])
            [ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64])
        {
            // Queued behind work that takes long: on another stream, the sum would come before it.
            var large = randn([4096, 4096], device: On);
            for (var i = 0; i < 20; i++)
                large = large.matmul(large).clamp(Scalars.MinusOne, Scalars.One);
            var numbers = arange(1000, device: On).to(type);
            var expected = numbers.cpu().Doubles();
            var late = numbers.add(large.narrow(0, 0, 1).narrow(1, 0, 1).flatten().to(type).mul(Scalars.OfInteger(0)), Scalars.OfInteger(1));
            group.AllReduce(late);
            late.cpu().Doubles().Should().Equal(expected, $"{type}");
            group.AllReduce(late, ReduceOperation.Max);
            group.Broadcast(late);
            group.Gather(late)!.cpu().Doubles().Should().Equal(expected, $"{type}");
        }
    }

    [Test]
    public void Gradients_go_through_NCCL()
    {
        using var scope = NewDisposeScope();
        using var group = new NcclProcessGroup(new SingleProcessGroup(), Library(), 0);
        using var network = nn.Linear(300, 200).to(On);
        network.call(randn([8, 300], device: On)).sum().backward();
        var expected = network.weight!.grad!.cpu().Doubles();

        var flat = network.weight!.grad!;
        group.AllReduce(flat);

        flat.cpu().Doubles().Should().Equal(expected);
    }

    private static NcclLibrary Library()
    {
        try
        {
            return new NcclLibrary(NcclFiles.Candidates(null), "libcuda.so.1", 0);
        }
        catch (DistributedException exception) when (exception.Message.StartsWith("NCCL was not found", StringComparison.Ordinal))
        {
            throw new IgnoreException("There is no NCCL.");
        }
    }
}
