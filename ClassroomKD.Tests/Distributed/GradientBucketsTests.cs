using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

public sealed class GradientBucketsTests : TensorFixture
{
    [Test]
    public void Average_is_weighted_by_samples_and_leaves_out_frozen_and_unused_parameters()
    {
        var averages = ThreadGroup.Run(3, group =>
        {
            using var network = Network();
            using var gradients = new GradientBuckets(network.Net, bytes: 100);
            gradients.Count.Should().Be(3, "12 x 8 bytes; 3 x 8 bytes of another type; 20 x 4 bytes");
            // A rank without samples, whose loss and gradients are no numbers.
            network.SetGradients(group.Rank == 2 ? double.NaN : group.Rank + 1, but: group.Rank == 2 ? 1 : -1);
            long[] samples = [6, 2, 0];
            var loss = group.Rank == 2 ? tensor(double.NaN) : tensor(10.0 * (group.Rank + 1));

            var mean = gradients.AllReduce(group, loss, tensor(samples[group.Rank]));

            network.Frozen.grad.Should().BeNull();
            network.Unused.grad.Should().BeNull();
            return (Loss: mean.item<double>(), Gradients: network.Trained.Select(parameter => parameter.grad!.Doubles()).ToArray());
        });

        foreach (var (loss, gradients) in averages)
        {
            loss.Should().Be((6 * 10 + 2 * 20) / 8.0);
            gradients.SelectMany(gradient => gradient).Should().OnlyContain(value => value == (6 * 1 + 2 * 2) / 8.0);
        }
    }

    [Test]
    public void Nothing_counts_where_no_rank_has_a_sample() => ThreadGroup.Run(2, group =>
    {
        using var network = Network();
        using var gradients = new GradientBuckets(network.Net);
        network.SetGradients(double.PositiveInfinity, but: -1);

        gradients.AllReduce(group, tensor(float.NaN), tensor(0L)).item<double>().Should().Be(0);

        network.Trained[0].grad!.Doubles().Should().OnlyContain(value => value == 0);
    });

    [Test]
    public void A_group_of_one_leaves_gradients_and_loss_as_they_are()
    {
        using var group = ProcessGroup.Create();
        using var network = Network();
        using var gradients = new GradientBuckets(network.Net);
        network.SetGradients(3, but: -1);

        gradients.AllReduce(group, tensor(2f), tensor(5L)).item<double>().Should().Be(2);

        network.Trained[0].grad!.Doubles().Should().OnlyContain(value => value == 3);
    }

    [Test]
    public void A_step_leaves_no_tensor_behind()
    {
        using var one = Network();
        using var other = Network();
        ThreadGroup.Run(2, group =>
        {
            var network = group.Rank == 0 ? one : other;
            using var gradients = new GradientBuckets(network.Net);
            void Step()
            {
                using var scope = NewDisposeScope();
                network.SetGradients(1, but: group.Rank);
                gradients.AllReduce(group, tensor(1f), tensor(4L));
                network.Net.zero_grad();
            }

            Step();
            group.Barrier();
            var before = Tensor.TotalCount;
            group.Barrier();
            for (var i = 0; i < 3; i++)
                Step();
            group.Barrier();
            Tensor.TotalCount.Should().Be(before);
            group.Barrier();
        });
    }

    private static SomeNetwork Network() => new();

    private sealed class SomeNetwork : IDisposable
    {
        public SomeNetwork()
        {
            var (wide, narrow) = (nn.Linear(3, 4, hasBias: false, dtype: ScalarType.Float64), nn.Linear(5, 4, hasBias: false));
            var (other, frozen, unused) = (
                nn.Linear(3, 1, hasBias: false, dtype: ScalarType.BFloat16), nn.Linear(2, 2, hasBias: false),
                nn.Linear(1, 1, hasBias: false));
            frozen.weight!.requires_grad_(false);
            Net = nn.Sequential(wide, other, frozen, narrow, unused);
            Trained = [wide.weight!, other.weight!, narrow.weight!];
            (Frozen, Unused) = (frozen.weight!, unused.weight!);
        }

        public TorchSharp.Modules.Sequential Net { get; }

        public TorchSharp.Modules.Parameter[] Trained { get; }

        public TorchSharp.Modules.Parameter Frozen { get; }

        public TorchSharp.Modules.Parameter Unused { get; }

        public void SetGradients(double value, int but)
        {
            for (var i = 0; i < Trained.Length; i++)
                if (i != but)
                    Trained[i].grad = full_like(Trained[i].detach(), Scalars.Of(value));
        }

        public void Dispose() => Net.Dispose();
    }
}
