using TorchSharp.Modules;

namespace ClassroomKD.Tests.Core.Training;

/// <summary>TorchSharp's own optimizers too can be saved in a checkpoint.</summary>
public sealed class OptimizerStateTests : TensorFixture
{
    private static IEnumerable<TestCaseData> Optimizers =>
    [
        Named("SGD", parameters => optim.SGD(parameters, 0.1, momentum: 0.9)), Named("Adam", parameters => optim.Adam(parameters)),
        Named("AdamW", parameters => optim.AdamW(parameters)), Named("RMSProp", parameters => optim.RMSProp(parameters, momentum: 0.9)),
        Named("Adagrad", parameters => optim.Adagrad(parameters)), Named("Adadelta", parameters => optim.Adadelta(parameters)),
        Named("Adamax", parameters => optim.Adamax(parameters)), Named("NAdam", parameters => optim.NAdam(parameters)),
        Named("RAdam", parameters => optim.RAdam(parameters)), Named("ASGD", parameters => optim.ASGD(parameters)),
        Named("Rprop", parameters => optim.Rprop(parameters)),
    ];

    [TestCaseSource(nameof(Optimizers))]
    public void A_saved_optimizer_goes_on_as_the_one_that_was_not(Func<Parameter, optim.Optimizer> create)
    {
        using Parameter going = new(tensor(new[] { 1.0, -2.0 })), resumed = new(tensor(new[] { 1.0, -2.0 }));
        using optim.Optimizer first = create(going), second = create(resumed);
        Step(first, going);
        using (no_grad())
            resumed.copy_(going);
        using var state = OptimizerState.Write(first);

        OptimizerState.Read(second, state, "checkpoint");
        Step(first, going);
        Step(second, resumed);

        resumed.data<double>().ToArray().Should().Equal(going.data<double>().ToArray());
    }

    private static void Step(optim.Optimizer optimizer, Parameter parameter)
    {
        optimizer.zero_grad();
        parameter.pow(Scalars.Of(4)).sum().backward();
        optimizer.step();
    }

    private static TestCaseData Named(string name, Func<IEnumerable<Parameter>, optim.Optimizer> create) =>
        new TestCaseData((Func<Parameter, optim.Optimizer>)(parameter => create([parameter]))).SetArgDisplayNames(name);
}
