namespace ClassroomKD.Tests.Docs;

/// <summary>What docs/garbage-collector.md says of integers and of counts.</summary>
public sealed class GarbageCollectorTests : TensorFixture
{
    [Test]
    public void Integers_stay_integers_with_integer_scalars()
    {
        var (n, m) = (tensor(new long[] { -1, 2 }), tensor(new long[] { 10, 20 }));

        n.add(m, Scalars.OfInteger(1)).data<long>().ToArray().Should().Equal(9, 22);
        n.sub(Scalars.OfInteger(1)).data<long>().ToArray().Should().Equal(-2, 1);
        n.clamp_min(Scalars.OfInteger(0)).data<long>().ToArray().Should().Equal(0, 2);
    }

    [Test]
    public void Integers_do_not_with_the_others()
    {
        var n = tensor(new long[] { -1, 2 });

        n.Invoking(it => it.add(n, Scalars.One)).Should().Throw<Exception>()
            .WithMessage("*For integral input tensors, argument alpha must not be a floating point number.*");
        n.clamp_min(Scalars.Zero).is_floating_point().Should().BeTrue();
        tensor(new[] { 1.0 }).sub(Scalars.One).item<double>().Should().Be(0);
    }

    [Test]
    public void Parameters_are_counted_once_more_for_good()
    {
        var before = LiveTensors.Settled();
        nn.Linear(3, 3).Dispose();
        nn.Linear(3, 3).Dispose();
        LiveTensors.Settled().Should().Be(before + 4);
    }
}
