using ClassroomKD.Networks;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>A mentor answers by the weights that its module has now, all of them.</summary>
public sealed class MentorWeightsTests : TensorFixture
{
    [SetUp]
    public void Open() => manual_seed(7);

    private static CifarResNet Network(long seed)
    {
        manual_seed(seed);
        return new CifarResNet(8, 10, 8);
    }

    private static void ShouldAnswerAsItsModule(Mentor mentor, CifarResNet network, Tensor input)
    {
        using var plain = new Mentor("plain", x => network.forward(x));
        mentor.Answer(input).ShouldEqual(plain.Answer(input), 1e-4, "logits");
    }

    [TestCase("LoadWeights")]
    [TestCase("load")]
    [TestCase("load_state_dict")]
    [TestCase("a convolution in place")]
    [TestCase("a normalization in place")]
    [TestCase("the statistics in place")]
    [TestCase("the classifier in place")]
    [TestCase("another tensor set")]
    [TestCase("another type and back")]
    public void Follows_every_change_of_its_module(string change)
    {
        using var folder = new TemporaryFolder();
        var network = Network(1);
        using var other = Network(2);
        using var mentor = new Mentor("m", network);
        var input = randn(3, 3, 16, 16);
        var before = mentor.Answer(input);
        using (no_grad())
            Change(change, network, other, folder.Root);

        mentor.Answer(input).Doubles().Should().NotEqual(before.Doubles());
        ShouldAnswerAsItsModule(mentor, network, input);
    }

    [Test]
    public void Follows_weights_that_were_made_in_inference_mode()
    {
        CifarResNet network;
        using (inference_mode())
            network = Network(1);
        using var mentor = new Mentor("m", network);
        var input = randn(3, 3, 16, 16);
        mentor.Answer(input);
        using (inference_mode())
            network.parameters().First().add_(1f);

        ShouldAnswerAsItsModule(mentor, network, input);
    }

    [Test]
    public void Follows_layers_of_TorchSharp_in_a_sequence()
    {
        var network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5));
        using var mentor = new Mentor("m", network);
        using var plain = new Mentor("plain", x => network.forward(x));
        var input = randn(2, 3, 8, 8);
        foreach (var tensor in network.parameters().Concat(network.buffers().Where(buffer => buffer.is_floating_point())).ToList())
        {
            mentor.Answer(input).ShouldEqual(plain.Answer(input), 1e-4, "before");
            using (no_grad())
                tensor.mul_(1.5f).add_(0.1f);
            mentor.Answer(input).ShouldEqual(plain.Answer(input), 1e-4, "after");
        }
    }

    [Test]
    public void Copies_nothing_anew_where_nothing_changed()
    {
        var network = Network(1);
        using var prepared = new PreparedNetwork(network, null);
        var input = randn(3, 3, 16, 16);
        prepared.Run(input);
        var before = LiveTensors.Settled();
        for (var i = 0; i < 3; i++)
            using (NewDisposeScope())
                prepared.Run(input);
        Tensor.TotalCount.Should().Be(before);
        network.Dispose();
    }

    [Test]
    public void A_module_that_was_disposed_is_named()
    {
        foreach (var module in (nn.Module<Tensor, Tensor>[])[Network(1), nn.Sequential(nn.Flatten(), nn.Linear(768, 10))])
            foreach (var asked in new[] { false, true })
            {
                var one = asked ? module is CifarResNet ? Network(2) : nn.Sequential(nn.Flatten(), nn.Linear(768, 10)) : module;
                using var mentor = new Mentor("gone", one);
                var input = randn(2, 3, 16, 16);
                if (asked)
                    mentor.Answer(input);
                one.Dispose();
                mentor.Invoking(m => m.Answer(input)).Should().Throw<MentorException>().WithMessage("*'gone'*was disposed*");
            }
    }

    [Test]
    public void Bytes_are_refused_as_the_module_refuses_them()
    {
        using var mentor = new Mentor("m", Network(1));
        mentor.Invoking(m => m.Answer(randint(0, 255, [2, 3, 16, 16], ScalarType.Byte)))
            .Should().Throw<MentorException>().WithMessage("*'m'*Byte*floating type*");
    }

    private static void Change(string change, CifarResNet network, CifarResNet other, string folder)
    {
        var convolution = network.modules().OfType<TorchSharp.Modules.Conv2d>().Last();
        var normalization = network.modules().OfType<BatchNormalization>().Last();
        switch (change)
        {
            case "LoadWeights":
                SafetensorsFile.Write(Path.Combine(folder, "w.safetensors"), other.state_dict());
                network.LoadWeights(Path.Combine(folder, "w.safetensors"));
                break;
            case "load":
                other.save(Path.Combine(folder, "w.dat"));
                network.load(Path.Combine(folder, "w.dat"));
                break;
            case "load_state_dict":
                network.load_state_dict(other.state_dict());
                break;
            case "a convolution in place":
                convolution.weight.mul_(2f);
                break;
            case "a normalization in place":
                normalization.Bias[0] = 5f;
                break;
            case "the statistics in place":
                normalization.RunningMean.fill_(3f);
                break;
            case "the classifier in place":
                network.parameters().Last().add_(1f);
                break;
            case "another tensor set":
                convolution.weight.set_(randn_like(convolution.weight));
                break;
            default:
                network.@double();
                network.parameters().First().add_(1.0);
                network.@float();
                break;
        }
    }
}
