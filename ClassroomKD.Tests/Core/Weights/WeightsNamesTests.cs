using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Weights;

public sealed class WeightsNamesTests
{
    [Test]
    public void A_refusal_counts_what_fits_and_says_what_would()
    {
        using var network = Network("fc");
        Loading(network, Of(Network("linear"), "module.")).Should().Throw<WeightsException>().WithMessage(
            "*: 5 of the file's 7 tensors fit without 'module.', 2 more would with 'fc.' in place of 'module.linear.' " +
            "(Renames = { [\"module.linear.\"] = \"fc.\" }); 0 loaded\n2 missing from the file:*");
        Loading(network, Of(Network("fc"), "model.backbone.")).Should().Throw<WeightsException>().WithMessage(
            "*: 0 of the file's 7 tensors fit, 7 more would without 'model.backbone.' (Prefixes = { \"model.backbone.\" }); 0 loaded*");
        using var whole = nn.Sequential(("backbone", network), ("head", nn.Linear(9, 9)));
        Loading(whole, Of(Network("fc"), "")).Should().Throw<WeightsException>().WithMessage(
            "*: 0 of the file's 7 tensors fit, 7 more would with 'backbone.' in place of '' " +
            "(Renames = { [\"\"] = \"backbone.\" }); 0 loaded*");
    }

    [Test]
    public void What_the_advice_says_loads()
    {
        using var network = Network("fc");
        Loading(network, Of(Network("linear"), "module."), ("module.linear.", "fc."))().Loaded.Should().HaveCount(7);
        Loading(network, Of(Network("linear"), "module."), ("linear.", "fc."))().Loaded.Should().HaveCount(7);
        using var whole = nn.Sequential(("backbone", network));
        Loading(whole, Of(Network("fc"), ""), ("", "backbone."))().Loaded.Should().HaveCount(7);
    }

    [Test]
    public void The_longest_beginning_is_renamed_and_only_once()
    {
        using var network = nn.Sequential(("a", nn.Linear(1, 1)), ("b", nn.Linear(1, 1)));
        using var scope = NewDisposeScope();
        using var weights = new StateDictionary();
        foreach (var (name, value) in new[] { ("a.weight", 1f), ("b.weight", 2f), ("a.bias", 3f), ("b.bias", 4f) })
            weights.Add(name, name.EndsWith('t') ? full(1, 1, value) : full(1, value));

        network.LoadWeights(weights, new() { Renames = { ["a."] = "b.", ["b."] = "a.", ["a.bias"] = "a.bias", ["b.bias"] = "b.bias" } });

        network.state_dict().Select(entry => entry.Value.Number()).Should().Equal(2, 3, 1, 4);
    }

    [TestCase("resnet8", "fc", "linear", "downsample", "shortcut")]
    [TestCase("cifar_resnet18", "linear", "fc", "shortcut", "downsample")]
    [TestCase("resnet18", "fc", "linear", "downsample", "shortcut")]
    public void ResNets_take_the_names_of_both_conventions(
        string name, string own, string other, string ownShortcut, string otherShortcut)
    {
        string Renamed(string part) => part == own ? other : part == ownShortcut ? otherShortcut : part;
        using var saved = VisionNetworks.Create(name, 3);
        using var loaded = VisionNetworks.Create(name, 3);
        using var weights = new StateDictionary();
        foreach (var (entry, tensor) in saved.state_dict())
            weights.Add("module." + string.Join('.', entry.Split('.').Select(Renamed)), tensor.detach().clone());
        weights.Keys.Should().Contain([$"module.{other}.weight"]).And.Contain(entry => entry.Contains(otherShortcut));

        loaded.LoadWeights(weights).IsComplete.Should().BeTrue();

        foreach (var (entry, tensor) in saved.state_dict())
            loaded.state_dict()[entry].ShouldBeBitwiseEqual(tensor, entry);
    }

    private static TorchSharp.Modules.Sequential Network(string classifier) =>
        nn.Sequential(("conv", nn.Conv2d(1, 2, 3, bias: false)), ("bn", nn.BatchNorm2d(2)), (classifier, nn.Linear(2, 3)));

    // Without counters of batches.
    private static StateDictionary Of(nn.Module network, string prefix)
    {
        var weights = new StateDictionary();
        using (network)
            foreach (var (name, tensor) in network.state_dict().Where(entry => !entry.Key.EndsWith("tracked", StringComparison.Ordinal)))
                weights.Add(prefix + name, tensor.detach().clone());
        return weights;
    }

    private static Func<WeightsReport> Loading(
        nn.Module network, StateDictionary weights, params (string From, string To)[] renames) => () =>
    {
        var options = new WeightsLoadingOptions();
        foreach (var (from, to) in renames)
            options.Renames.Add(from, to);
        using (weights)
            return network.LoadWeights(weights, options);
    };
}
