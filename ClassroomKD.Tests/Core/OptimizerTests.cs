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
