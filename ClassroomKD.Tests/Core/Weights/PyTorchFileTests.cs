namespace ClassroomKD.Tests.Core.Weights;

public sealed class PyTorchFileTests
{
    private static readonly string[] Files = Fixture.Readable;

    [Test]
    public void There_are_files_of_all_layouts() => Files.Should().HaveCount(12);

    [TestCaseSource(nameof(Files))]
    public void Reads_what_PyTorch_wrote(string file)
    {
        var entry = file == "ema.pth" ? "ema" : file == "nested.pth" ? "nets/teacher" : null;
        using var weights = WeightsFile.Read(Fixture.Of(file), entry);
        weights.Source.Should().Be(Fixture.Of(file));
        weights.ShouldHold(Fixture.Expected(Fixture.Folder, file));
    }

    [TestCase("checkpoint.pth")]
    [TestCase("checkpoint-legacy.pth")]
    public void Plain_values_beside_the_state_dict_are_metadata(string file)
    {
        using var weights = PyTorchFile.Read(Fixture.Of(file));
        weights.Metadata.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["epoch"] = "240", ["best_acc"] = "73.5", ["arch"] = "tiny", ["finished"] = "true", ["device"] = "cpu",
        });
        weights.LeftOut.Select(entry => entry.Name).Should().Equal("accuracy", "size", "dtype", "optimizer", "scheduler", "history");
    }

    [TestCase("layouts.pth")]
    [TestCase("layouts-legacy.pth")]
    public void Tensors_that_shared_a_storage_share_it_again(string file)
    {
        using var weights = PyTorchFile.Read(Fixture.Of(file));
        using var scope = NewDisposeScope();
        weights["shared.whole"].fill_(Scalars.Two);
        foreach (var name in new[] { "shared.again", "shared.slice", "shared.matrix", "transposed", "column", "every.second" })
            weights[name].Doubles().Should().AllBeEquivalentTo(2.0, name);
        weights["expanded"].Doubles().Should().Equal(1, 1, 1, 2, 2, 2);
    }

    [Test]
    public void Several_filled_wrappers_are_an_error_that_lists_them() =>
        Reading("ema.pth").WithMessage("*ema.pth: several entries hold tensors: model, ema; name the one to take*");

    [Test]
    public void Without_tensors_in_a_usual_place_the_dictionaries_are_listed()
    {
        Reading("nested.pth").WithMessage("*no tensors are found; there are the dictionaries nets; name the one to take*");
        Reading("nested.pth", "nets/mentor").WithMessage(
            "*there is no dictionary 'mentor' of entry 'nets/mentor'; there are the dictionaries teacher, student.");
    }

    [TestCase("refused-module.pth", "expected a dictionary of tensors, found an object of torch.nn.modules.linear.Linear. If you trust " +
        "the file*torch.save(model.state_dict(), path).")]
    [TestCase("refused-quantized.pth", "no tensors are found*'w' (an object of torch._utils._rebuild_qtensor)*")]
    [TestCase("refused-sparse.pth", "no tensors are found*'w' (an object of torch._utils._rebuild_sparse_tensor)*")]
    [TestCase("refused-complex.pth", "no tensors are found*'w' (a tensor of torch.ComplexFloatStorage)*")]
    [TestCase("refused-script.pth", "this is a TorchScript program, not a state dict; load it with torch.jit.load.")]
    public void Refuses_by_name(string file, string message) => Reading(file).WithMessage("*" + message);

    /// <summary>Byte strings, a memo that starts at 1, and an ordered dictionary built from a list of pairs.</summary>
    [Test]
    public void Reads_a_state_dict_as_Python_2_pickled_it()
    {
        var tensor = Pickles.Tensor(3, 1, [2], [1]).Replace(Pickles.Text("storage"), "U\u0007storageq\u0001", StringComparison.Ordinal);
        using var weights = Pickles.Read(
            $"{Pickles.Ordered}](](U\u0001w{tensor}e](T\u0001\u0000\u0000\u0000b{Pickles.Tensor(3, 0, [1], [1])}ee\u0085R");
        weights.Keys.Should().Equal("w", "b");
    }

    /// <summary>As PyTorch 2 pickles a parameter with attributes.</summary>
    [Test]
    public void Reads_parameters_with_state()
    {
        using var weights = Pickles.Read(
            Pickles.Dictionary(
                "w", $"ctorch._utils\n_rebuild_parameter_with_state\n({Pickles.Tensor(3, 1, [2], [1])}\u0088{Pickles.Ordered})R}}tR"));
        weights["w"].shape.Should().Equal(2);
    }

    [Test]
    public void Random_checkpoints_made_by_this_machines_PyTorch_are_read_as_they_are([Range(1, 3)] int seed)
    {
        var folder = Directory.CreateTempSubdirectory("weights");
        try
        {
            Fixture.Python(Fixture.Script, Fixture.Invariant(seed), folder.FullName);
            foreach (var file in new[] { "random.pth", "random-legacy.pth" })
            {
                using var weights = WeightsFile.Read(Path.Combine(folder.FullName, file));
                weights.ShouldHold(Fixture.Expected(folder.FullName, file));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<WeightsException> Reading(string file, string? entry = null) =>
        FluentActions.Invoking(() => WeightsFile.Read(Fixture.Of(file), entry).Dispose()).Should().Throw<WeightsException>();
}
