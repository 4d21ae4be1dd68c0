using ClassroomKD.Networks;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Networks;

public sealed class PreparedNetworkTests : TensorFixture
{
    [SetUp]
    public void Open() => manual_seed(3);

    [TestCase(1)]
    [TestCase(70)]
    public void Answers_as_the_module_does(int batch)
    {
        using var mentor = new Mentor("prepared", Trained());
        using var plain = new Mentor("plain", Trained(), new MentorOptions { Inference = new() { Prepare = false } });
        var input = randn(batch, 3, 16, 16);
        mentor.Answer(input).ShouldEqual(plain.Answer(input), 1e-5, "logits");
    }

    [Test]
    public void Answers_in_float64_as_the_module_does()
    {
        using var mentor = new Mentor("prepared", Trained().@double());
        using var plain = new Mentor("plain", Trained().@double(), new MentorOptions { Inference = new() { Prepare = false } });
        var input = randn([5, 3, 16, 16], ScalarType.Float64);
        mentor.Answer(input).ShouldEqual(plain.Answer(input), 1e-12, "logits");
    }

    [Test]
    public void Answers_in_half_precision_come_in_the_type_of_the_weights()
    {
        using var mentor = new Mentor("half", Trained(), new MentorOptions { Inference = new() { Type = ScalarType.BFloat16 } });
        using var plain = new Mentor("plain", Trained());
        var input = randn(8, 3, 16, 16);
        var (half, full) = (mentor.Answer(input), plain.Answer(input));
        half.dtype.Should().Be(ScalarType.Float32);
        half.sub(full).abs().max().Number().Should().BeInRange(1e-7, 0.05 * full.abs().max().Number(), "it computes in another type");
    }

    [Test]
    public void Follows_a_module_that_moves()
    {
        var network = Trained();
        using var mentor = new Mentor("moves", network);
        var input = randn(2, 3, 16, 16);
        var before = mentor.Answer(input);
        network.@double();
        var after = mentor.Answer(input.@double());
        after.dtype.Should().Be(ScalarType.Float64);
        after.ShouldEqual(before, 1e-5, "logits");
    }

    [Test]
    public void Leaves_the_module_as_it_was()
    {
        var network = Trained();
        var before = network.state_dict().Select(entry => entry.Value.clone()).ToList();
        using var mentor = new Mentor("frozen", network);
        mentor.Answer(randn(2, 3, 16, 16));
        network.state_dict().Values.Zip(before).Should().OnlyContain(pair => pair.First.equal(pair.Second).all().item<bool>());
    }

    [Test]
    public void Releases_all_that_it_made()
    {
        using var network = Trained();
        var before = LiveTensors.Settled();
        using (var inner = NewDisposeScope())
        {
            using var prepared = new PreparedNetwork(network, null);
            for (var i = 0; i < 5; i++)
                prepared.Run(randn(40, 3, 16, 16));
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Follows_its_weights_also_where_nothing_was_folded()
    {
        var network = new Plain();
        using var mentor = new Mentor("plain layers", network);
        var input = randn(2, 3, 4, 4);
        var before = mentor.Answer(input);
        using (no_grad())
            network.parameters().Last().add_(1f);
        mentor.Answer(input).ShouldEqual(before.add(1f), 1e-5, "the bias is one more");
    }

    [Test]
    public void A_type_of_computation_is_a_floating_one()
    {
        using var network = new Plain();
        FluentActions.Invoking(() => new Mentor("integers", network, new MentorOptions { Inference = new() { Type = ScalarType.Int32 } }))
            .Should().Throw<ArgumentException>().WithMessage("*integers*Int32*");
    }

    [Test]
    public void A_type_needs_a_network_that_can_be_prepared()
    {
        using var module = nn.Linear(2, 2);
        FluentActions.Invoking(() => new Mentor("linear", module, new MentorOptions { Inference = new() { Type = ScalarType.BFloat16 } }))
            .Should().Throw<ArgumentException>().WithMessage("*linear*BFloat16*Linear*");
    }

    // A 1x1 convolution with a bias: neither folding nor another memory order changes it.
    private sealed class Plain : NetworkModule
    {
        private readonly TorchSharp.Modules.Conv2d conv = nn.Conv2d(3, 5, 1);

        public Plain()
            : base(nameof(Plain)) => RegisterComponents();

        public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) => ops.Apply(conv, input);
    }

    // With statistics and scales that are not the identity's.
    private static CifarResNet Trained()
    {
        manual_seed(5);
        var network = new CifarResNet(8, 10, 8);
        network.train();
        using var inner = NewDisposeScope();
        using var recording = no_grad();
        foreach (var layer in network.modules().OfType<BatchNormalization>())
        {
            layer.Weight.uniform_(0.5, 1.5);
            layer.Bias.uniform_(-0.5, 0.5);
        }

        for (var i = 0; i < 3; i++)
            network.call(randn(16, 3, 16, 16));
        return network;
    }
}
