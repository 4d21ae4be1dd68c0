using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core;

public sealed class OptimizerTests
{
    [TestCase(0.0, 0.0, false)]
    [TestCase(0.9, 0.0, false)]
    [TestCase(0.9, 5e-4, false)]
    [TestCase(0.9, 5e-4, true)]
    public void Sgd_takes_the_steps_of_the_built_in_one(double momentum, double weightDecay, bool nesterov) => Compare(
        parameters => new SgdOptimizer(parameters, 0.1, momentum, weightDecay, nesterov),
        parameters => optim.SGD(parameters, 0.1, momentum, 0, weightDecay, nesterov));

    [TestCase(0.0)]
    [TestCase(0.1)]
    public void AdamW_takes_the_steps_of_the_built_in_one(double weightDecay) => Compare(
        parameters => new AdamWOptimizer(parameters, 0.01, weightDecay: weightDecay),
        parameters => optim.AdamW(parameters, 0.01, weight_decay: weightDecay));

    [Test]
    public void Learning_rate_schedulers_of_TorchSharp_drive_it()
    {
        using var layer = Linear(2, 2);
        using var optimizer = new SgdOptimizer(layer.parameters(), 0.1);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 1, 0.5);
        scheduler.step();
        optimizer.ParamGroups.Single().LearningRate.Should().BeApproximately(0.05, 1e-12);
    }

    [Test]
    public void Steps_leave_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(3, 3);
        using var optimizer = new SgdOptimizer(layer.parameters(), 0.1, 0.9, 1e-4);
        var input = randn(4, 3);
        long before = 0;
        for (var step = 0; step < 50; step++)
        {
            if (step == 5)
                before = LiveTensors.Settled();
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            layer.forward(input).sum().backward();
            optimizer.step();
        }
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Groups_take_the_steps_of_the_built_in_ones() => Compare(
        parameters => new SgdOptimizer(
            Groups(parameters).Select(
                group => new ParameterGroup(group.Parameters) { LearningRate = group.Rate, WeightDecay = group.Decay }),
            0.1, 0.9, 5e-4),
        parameters => optim.SGD(
            Groups(parameters).Select(group => new SGD.ParamGroup
            {
                Parameters = group.Parameters, Options = new() { LearningRate = group.Rate, weight_decay = group.Decay },
            }),
            0.1, 0.9, 0, 5e-4));

    [Test]
    public void Groups_of_AdamW_take_the_steps_of_the_built_in_ones() => Compare(
        parameters => new AdamWOptimizer(
            Groups(parameters).Select(
                group => new ParameterGroup(group.Parameters) { LearningRate = group.Rate, WeightDecay = group.Decay }),
            0.01, weightDecay: 0.1),
        parameters => optim.AdamW(
            Groups(parameters).Select(group => new AdamW.ParamGroup
            {
                Parameters = group.Parameters, Options = new() { LearningRate = group.Rate, weight_decay = group.Decay },
            }),
            0.01, weight_decay: 0.1));

    [Test]
    public void Biases_and_normalizations_do_not_decay_on_request()
    {
        using var scope = NewDisposeScope();
        using var network = Sequential(Conv2d(3, 4, 3), BatchNorm2d(4), Flatten(), Linear(4, 2), LayerNorm([2]));
        network.parameters().Last().requires_grad_(false);
        using var optimizer = new SgdOptimizer(ParameterGroup.DecayingWeightsOnly(network), 1, weightDecay: 0.5);
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        foreach (var parameter in network.parameters())
            parameter.grad = zeros_like(parameter);

        optimizer.step();

        foreach (var (name, parameter) in network.named_parameters())
            parameter.ShouldEqual(parameter.dim() > 1 ? before[name] * 0.5 : before[name], 1e-6, name);
        ParameterGroup.DecayingWeightsOnly(network).Select(group => group.Parameters.Count).Should().Equal(2, 5);
    }

    [Test]
    public void A_new_rate_keeps_the_proportion_of_the_groups()
    {
        using var layer = Linear(2, 2);
        using var optimizer = new SgdOptimizer(
            [new ParameterGroup([layer.weight]), new ParameterGroup([layer.bias!]) { LearningRate = 0.02 }], 0.1);
        optimizer.SetLearningRate(0.5);
        optimizer.SetLearningRate(0.05);
        optimizer.ParamGroups.Select(group => group.LearningRate).Should().Equal([0.05, 0.01], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void Groups_go_through_a_checkpoint()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(3, 2);
        SgdOptimizer Optimizer() => new(ParameterGroup.DecayingWeightsOnly(layer), 0.1, 0.9, 0.01);
        using SgdOptimizer first = Optimizer(), second = Optimizer();
        layer.forward(randn(4, 3)).sum().backward();
        first.step();
        first.SetLearningRate(0.03);
        OptimizerState.Read(second, OptimizerState.Write(first), "file");
        second.ParamGroups.Select(group => group.LearningRate).Should().Equal(0.03, 0.03);
        var start = layer.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());

        first.step();
        var expected = layer.weight.detach().clone();
        layer.load_state_dict(start);
        second.step();

        layer.weight.ShouldBeBitwiseEqual(expected, "momentum, rate and decay of each group");
    }

    [Test]
    public void Settings_that_are_no_numbers_and_parameters_in_two_groups_are_refused()
    {
        using var layer = Linear(2, 2);
        ParameterGroup weight = new([layer.weight]), bias = new([layer.bias!]) { WeightDecay = double.NaN };
        FluentActions.Invoking(() => new SgdOptimizer(layer.parameters(), double.NaN))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*learningRate*");
        FluentActions.Invoking(() => new AdamWOptimizer(layer.parameters(), beta2: double.NaN))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*beta2*");
        FluentActions.Invoking(() => new SgdOptimizer([weight, weight], 0.1))
            .Should().Throw<ArgumentException>().WithMessage("*[2, 2]*two groups*");
        FluentActions.Invoking(() => new SgdOptimizer([bias], 0.1)).Should().Throw<ArgumentException>().WithMessage("*WeightDecay*");
        FluentActions.Invoking(() => new ParameterGroup([])).Should().Throw<ArgumentException>();
        GC.Collect();
        GC.WaitForPendingFinalizers(); // of optimizers that were not made, which must not end the process
        using var optimizer = new SgdOptimizer(layer.parameters(), 0.1);
        optimizer.Invoking(o => o.SetLearningRate(double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*rate*");
        optimizer.ParamGroups.Single().LearningRate = double.NaN;
        layer.weight.grad = ones_like(layer.weight);
        optimizer.Invoking(o => o.step()).Should().Throw<InvalidOperationException>().WithMessage("*NaN*");
        layer.weight.isfinite().all().item<bool>().Should().BeTrue();
    }

    private static IEnumerable<(Parameter[] Parameters, double? Rate, double? Decay)> Groups(IEnumerable<Parameter> parameters) =>
        parameters.Select((parameter, i) => (new[] { parameter }, i == 0 ? (double?)null : 0.03, i == 0 ? 0 : (double?)null));

    private static void Compare(Func<IEnumerable<Parameter>, optim.Optimizer> ours, Func<IEnumerable<Parameter>, optim.Optimizer> theirs)
    {
        using var scope = NewDisposeScope();
        Linear left = Linear(4, 3), right = Linear(4, 3);
        right.load_state_dict(left.state_dict());
        using optim.Optimizer mine = ours(left.parameters()), built = theirs(right.parameters());
        var input = randn(8, 4);
        for (var step = 0; step < 6; step++)
        {
            foreach (var (layer, optimizer) in new[] { (left, mine), (right, built) })
            {
                optimizer.zero_grad();
                layer.forward(input).square().sum().backward();
                optimizer.step();
            }
        }
        left.weight.ShouldEqual(right.weight, 1e-6, "weight");
        left.bias!.ShouldEqual(right.bias!, 1e-6, "bias");
    }
}
