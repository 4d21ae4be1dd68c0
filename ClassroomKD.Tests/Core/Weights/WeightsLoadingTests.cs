using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Weights;

public sealed class WeightsLoadingTests
{
    [TestCase("checkpoint.pth")]
    [TestCase("checkpoint-legacy.pth")]
    [TestCase("half.pth")]
    public void A_checkpoint_in_DataParallel_loads_by_name_in_the_networks_own_type(string file)
    {
        using var network = Tiny();
        var report = network.LoadWeights(Fixture.Of(file));

        report.IsComplete.Should().BeTrue();
        report.Loaded.Should().HaveCount(8);
        var expected = Fixture.Expected(Fixture.Folder, file);
        foreach (var (name, tensor) in network.state_dict())
        {
            tensor.dtype.Should().Be(name.EndsWith("tracked", StringComparison.Ordinal) ? ScalarType.Int64 : ScalarType.Float32);
            tensor.Doubles().Should().Equal(
                expected.GetProperty("module." + name).GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), name);
        }
        network.parameters().Should().AllSatisfy(parameter => parameter.requires_grad.Should().BeTrue());
    }

    [Test]
    public void Everything_that_does_not_fit_is_listed_with_shapes_and_nothing_is_loaded()
    {
        using var network = Tiny(classes: 5, name: "head");
        using var scope = NewDisposeScope();
        var before = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());

        using var weights = Weights(
            ("conv.weight", zeros(2, 1, 5, 5)), ("bn.weight", zeros(2)), ("bn.bias", zeros(2, int64)), ("fc.weight", zeros(3, 2)));
        var failure = FluentActions.Invoking(() => network.LoadWeights(weights)).Should().Throw<WeightsException>().Which;

        failure.Message.Should().Be($"""
            weights does not fit the network {network.GetName()}: 1 of the file's 4 tensors fit; 0 loaded
            4 missing from the file:
              head.weight Float32 [5, 2]
              head.bias Float32 [5]
              bn.running_mean Float32 [2]
              bn.running_var Float32 [2]
            1 unexpected in the file:
              fc.weight Float32 [3, 2]
            2 of another shape or kind:
              conv.weight: expected Float32 [2, 1, 3, 3], found Float32 [2, 1, 5, 5]
              bn.bias: expected Float32 [2], found Int64 [2]
            """);
        failure.Report!.Missing.Should().HaveCount(4);
        failure.Report.Loaded.Should().BeEmpty();
        foreach (var (name, tensor) in network.state_dict())
            tensor.ShouldBeBitwiseEqual(before[name], name);
    }

    [Test]
    public void Not_strict_what_fits_is_loaded_and_the_rest_reported()
    {
        using var network = Tiny(classes: 5);
        var report = network.LoadWeights(Fixture.Of("checkpoint.pth"), new() { Strict = false });

        report.IsComplete.Should().BeFalse();
        report.Loaded.Should().HaveCount(6).And.Contain("conv.weight");
        report.Missing.Should().BeEmpty();
        report.Mismatched.Select(mismatch => mismatch.ToString()).Should().BeEquivalentTo(
            "fc.weight: expected Float32 [5, 2], found Float32 [3, 2]", "fc.bias: expected Float32 [5], found Float32 [3]");
        network.state_dict()["bn.num_batches_tracked"].Number().Should().Be(1);
    }

    [Test]
    public void Counters_of_batches_may_be_missing()
    {
        using var network = Tiny();
        using var scope = NewDisposeScope();
        using var weights = Weights([
            .. network.state_dict().Where(pair => !pair.Key.EndsWith("tracked", StringComparison.Ordinal))
                .Select(pair => (pair.Key, pair.Value.clone())),
        ]);
        network.LoadWeights(weights).IsComplete.Should().BeTrue();
    }

    [Test]
    public void Given_prefixes_are_taken_off_in_any_order_and_only_where_the_network_has_no_such_name()
    {
        using var network = nn.Sequential(("module", nn.Linear(1, 1)), ("b", nn.Linear(1, 1)));
        using var scope = NewDisposeScope();
        using var weights = Weights(
            ("module.weight", full(1, 1, 1f)), ("module.bias", full(1, 2f)), ("backbone.module.b.weight", full(1, 1, 3f)),
            ("_orig_mod.backbone.b.bias", full(1, 4f)));
        var options = new WeightsLoadingOptions { Prefixes = { "backbone." } };

        network.LoadWeights(weights, options).IsComplete.Should().BeTrue();

        network.state_dict().Select(pair => pair.Value.Number()).Should().Equal(1, 2, 3, 4);
    }

    [Test]
    public void Two_names_for_one_tensor_and_empty_prefixes_are_errors()
    {
        using var network = nn.Linear(1, 1);
        using var weights = Weights(("weight", zeros(1, 1)), ("module.weight", zeros(1, 1)), ("bias", zeros(1)));
        FluentActions.Invoking(() => network.LoadWeights(weights))
            .Should().Throw<WeightsException>().WithMessage("weights: 'weight' and 'module.weight' both mean 'weight' of the network.");
        FluentActions.Invoking(() => network.LoadWeights(weights, new() { Prefixes = { "" } })).Should().Throw<ArgumentException>();
    }

    [Test]
    public void A_network_of_the_field_comes_back_from_its_file_with_the_same_answers()
    {
        var path = Path.GetTempFileName();
        using var first = VisionNetworks.Create("resnet8", 10);
        using var second = VisionNetworks.Create("resnet8", 10);
        using var scope = NewDisposeScope();
        var x = randn(2, 3, 32, 32);
        first.forward(x);
        SafetensorsFile.Write(path, first.state_dict(), new Dictionary<string, string> { ["network"] = "resnet8" });

        second.LoadWeights(path).Loaded.Should().HaveCount(first.state_dict().Count);

        first.eval();
        second.eval();
        second.forward(x).ShouldBeBitwiseEqual(first.forward(x), "logits");
        File.Delete(path);
    }

    [Test]
    public void Live_tensors_stay_flat_after_loading_and_after_failing()
    {
        using var network = Tiny();
        using var other = nn.Linear(1, 1);
        var missing = FluentActions.Invoking(() => WeightsFile.Read("none.pth"));
        missing.Should().Throw<FileNotFoundException>();
        var before = Fixture.LiveTensors();
        for (var i = 0; i < 20; i++)
        {
            foreach (var file in new[] { "checkpoint.pth", "checkpoint-legacy.pth" })
            {
                network.LoadWeights(Fixture.Of(file));
                FluentActions.Invoking(() => other.LoadWeights(Fixture.Of(file))).Should().Throw<WeightsException>();
                var cut = File.ReadAllBytes(Fixture.Of(file))[..^1];
                FluentActions.Invoking(() => WeightsFile.Read(new MemoryStream(cut), "cut")).Should().Throw<WeightsException>();
            }
            using (NewDisposeScope())
                WeightsFile.Read(Fixture.Of("layouts.pth")).Dispose();
        }
        Fixture.LiveTensors().Should().Be(before);
    }

    [Test]
    public void A_dictionary_outlives_the_scope_it_was_read_in_and_ends_with_its_own_disposal()
    {
        StateDictionary weights;
        using (NewDisposeScope())
            weights = WeightsFile.Read(Fixture.Of("half.pth"));
        var tensor = weights["module.fc.bias"];
        tensor.IsInvalid.Should().BeFalse();
        weights.Dispose();
        tensor.IsInvalid.Should().BeTrue();
        FluentActions.Invoking(() => weights["module.fc.bias"])
            .Should().Throw<KeyNotFoundException>().WithMessage("*half.pth: no tensor is named 'module.fc.bias'.");
        FluentActions.Invoking(() => weights.Add("a", tensor)).Should().Throw<ObjectDisposedException>();
    }

    private static TorchSharp.Modules.Sequential Tiny(int classes = 3, string name = "fc") =>
        nn.Sequential(("conv", nn.Conv2d(1, 2, 3, bias: false)), ("bn", nn.BatchNorm2d(2)), (name, nn.Linear(2, classes)));

    private static StateDictionary Weights(params (string Name, Tensor Tensor)[] tensors)
    {
        var weights = new StateDictionary();
        foreach (var (name, tensor) in tensors)
            weights.Add(name, tensor);
        return weights;
    }
}
