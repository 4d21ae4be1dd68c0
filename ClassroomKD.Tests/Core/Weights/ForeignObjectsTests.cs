using ClassroomKD.Pickling;
using static ClassroomKD.Tests.Core.Weights.Pickles;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>What files hold beside the weights is read past: never called, filled or built, and listed as left out.</summary>
public sealed class ForeignObjectsTests
{
    // What every protocol can write; Fixtures/make_foreign.py lists them.
    private static readonly string[] Beside =
    [
        "args", "loop", "circle", "level", "by_name", "settings", "items", "word", "filled", "method", "class", "function", "partial",
        "time", "delta", "exact", "third", "id", "set", "frozen", "none", "bytearray", "bytes", "ordered", "default", "queue", "counts",
        "range", "slice", "complex", "error", "ellipsis", "type", "half", "array", "objects", "time64", "text64", "wide",
        "registered", "spectrum", "float8", "class_within", "behind",
    ];

    private static readonly string[] Protocols =
        [.. Directory.GetFiles(Fixture.Of("Foreign"), "protocol*.pth").Select(path => Path.GetFileName(path)).Order()];

    [Test]
    public void There_are_files_of_all_protocols_and_layouts() => Protocols.Should().HaveCount(10);

    [TestCaseSource(nameof(Protocols))]
    public void Objects_of_all_kinds_beside_the_weights_are_left_out(string file)
    {
        using var network = nn.Linear(4, 2);
        var report = network.LoadWeights(Fixture.Of($"Foreign/{file}"));

        report.Loaded.Should().BeEquivalentTo("weight", "bias");
        network.weight.Doubles().Should().Equal(0.5, -1, 2, 0.25, 3, -4, 8, 0.125);
        network.bias!.Doubles().Should().Equal(1.5, -2.5);
        report.LeftOut.Select(entry => entry.Name).Should().Contain(Beside);
        report.LeftOut.Should().Contain(
        [
            new("args", "an object of argparse.Namespace"), new("spectrum", "a tensor of torch.ComplexFloatStorage"),
            new("array", "an object of numpy.ndarray"),
        ]);
        using var weights = WeightsFile.Read(Fixture.Of($"Foreign/{file}"));
        weights.Metadata.Should().Contain([new("best", "91.5"), new("long", "1180591620717411303424"), new("nan", "NaN")]);
    }

    [TestCase("r01-namespace.pth", "args", "an object of argparse.Namespace")]
    [TestCase("r02-historybuffer.pth", "message_hub", "a dictionary of 1")]
    [TestCase("r05-set.pth", "seen", "an object of __builtin__.set")]
    [TestCase("r16-module-beside.pth", "cls", "an object of torch.nn.modules.linear.Linear")]
    [TestCase("s01-f8-beside.safetensors", "scale_fp8", "F8_E4M3 [2]; read are *")]
    public void Files_of_public_reports_load(string file, string name, string content)
    {
        using var network = nn.Linear(4, 2);
        var report = network.LoadWeights(Fixture.Of($"Cases/{file}"));
        report.IsComplete.Should().BeTrue();
        report.Loaded.Should().HaveCount(2);
        report.LeftOut.Should().ContainSingle(entry => entry.Name == name).Which.Content.Should().Match(content);
        report.ToString().Should().Contain($"in the file left out:").And.Contain($"  {name}: ");
    }

    [TestCase("plain.pth", 0.125)]
    [TestCase("r09-subclass.pth", 0.125)]
    [TestCase("s03-null-metadata.safetensors", 1)]
    [TestCase("model.safetensors.index.json", 1)]
    public void Files_of_public_reports_without_a_rest_load(string file, double step)
    {
        using var network = nn.Linear(4, 2);
        network.LoadWeights(Fixture.Of($"Cases/{file}")).LeftOut.Should().BeEmpty();
        network.weight.Doubles().Should().Equal(Enumerable.Range(0, 8).Select(i => i * step));
    }

    [TestCase("r07-lightning.ckpt", "model.")]
    [TestCase("r08-mmpose-prefix.pth", "backbone.")]
    public void Files_of_public_reports_with_a_prefix_are_refused_with_the_prefix(string file, string prefix)
    {
        using var network = nn.Linear(4, 2);
        FluentActions.Invoking(() => network.LoadWeights(Fixture.Of($"Cases/{file}"))).Should().Throw<WeightsException>()
            .WithMessage($"*0 of the file's 2 tensors fit, 2 more would without '{prefix}' (Prefixes = {{ \"{prefix}\" }}); 0 loaded*");
        network.LoadWeights(Fixture.Of($"Cases/{file}"), new() { Prefixes = { prefix } }).Loaded.Should().HaveCount(2);
    }

    [Test]
    public void Foreign_objects_among_the_tensors_are_left_out_and_named_when_they_are_wanted()
    {
        using var network = nn.Linear(4, 2);
        network.LoadWeights(Fixture.Of("Foreign/within.pth")).LeftOut.Should().Equal(
            new LeftOutEntry("config", "an object of argparse.Namespace"), new LeftOutEntry("extra", "a dictionary of 1"),
            new LeftOutEntry("spectrum", "a tensor of torch.ComplexFloatStorage"));

        var wanting = FluentActions.Invoking(
            () => network.LoadWeights(Fixture.Of("Foreign/within.pth"), new() { Renames = { ["bias"] = "x" } }));
        wanting.Should().Throw<WeightsException>().WithMessage(
            "*1 missing from the file:\n  bias*3 in the file left out:\n*spectrum: a tensor of*");
    }

    [Test]
    public void A_tensor_that_depends_on_something_foreign_is_left_out()
    {
        var foreign = "ctorch._utils\n_rebuild_qtensor\n)R";
        using var weights = Read(
            $"}}({Text("w")}{Tensor(3, 0, [3], [1])}{Text("quantized")}{foreign}" +
            $"{Text("parameter")}ctorch._utils\n_rebuild_parameter\n({foreign}\u0089{Ordered})RtR" +
            $"{Text("sub")}ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_parameter\nN({foreign}\u0089NtNtR" +
            $"{Text("storage")}ctorch._utils\n_rebuild_tensor_v2\n({foreign}K\0))\u0089NtRu");
        weights.Keys.Should().Equal("w");
        weights.LeftOut.Select(entry => entry.Name).Should().Equal("quantized", "parameter", "sub", "storage");
        weights.LeftOut.Should().OnlyContain(entry => entry.Content == "an object of torch._utils._rebuild_qtensor");
    }

    [Test]
    public void A_state_dict_of_default_values_is_a_dictionary()
    {
        using var network = nn.Linear(4, 2);
        network.LoadWeights(Fixture.Of("Foreign/default.pth")).Loaded.Should().HaveCount(2);
    }

    [Test]
    public void A_file_that_is_a_whole_module_is_refused_with_what_to_do() =>
        FluentActions.Invoking(() => WeightsFile.Read(Fixture.Of("Foreign/refused-module.pth"))).Should().Throw<WeightsException>()
            .WithMessage("*no tensors are found*Read past are 'model' (an object of argparse.Namespace). If you trust the file*");

    /// <summary>As Python 2 and protocol 1 write classes of old modules: the source of the class lies beside it.</summary>
    [Test]
    public void The_source_of_a_class_is_read_past()
    {
        var module = $"({Text("module")}cmodels\nNet\n{Text("models.py")}{Text("import os; os.system('echo')")}tQ";
        using var weights = Read($"}}({Text("w")}{Tensor(3, 0, [3], [1])}{Text("net")}{module})\u0081}}bu");
        weights.LeftOut.Should().Equal(new LeftOutEntry("net", "an object of models.Net"));
    }

    /// <summary>Opcodes that Python's own pickler no longer writes, or only in a protocol that has no tensors.</summary>
    [Test]
    public void Rare_opcodes_are_read()
    {
        var weight = Tensor(3, 0, [3], [1]);
        using var weights = Read(
            $"({Text("w")}{weight}" + // DICT
            $"S'text'\np0\nS\"quoted\"\n" + // STRING, PUT
            $"Vplain\nI01\n" + // UNICODE, INT
            $"Vnumber\nI-12\nVlong\nL123456789012345678901L\nVreal\nF-1.5e3\n" + // LONG, FLOAT
            $"{Text("again")}g0\n{Text("list")}(NNl" + // GET, LIST
            $"{Text("obj")}(cmodels\nNet\nNo{Text("inst")}(Nimodels\nNet\n" + // OBJ, INST
            $"{Text("dup")}N20{Text("popped")}(NNN1N" + // DUP, POP, POP_MARK
            $"{Text("ext")}\u0083\u0001\u0002{Text("bytes8")}\u008e{Word(2)}{Word(0)}\u00ff\u00fe" + // EXT2, BINBYTES8
            $"{Text("text8")}\u008d{Word(1)}{Word(0)}x{Text("long4")}\u008b{Word(3)}\u0001\u0002\u0003" + // BINUNICODE8, LONG4
            $"{Text("bytes")}B{Word(1)}\u00ff{Text("old")}U\u0002\u00ff\u00fed"); // BINBYTES, SHORT_BINSTRING
        weights.Keys.Should().Equal("w");
        weights.Metadata.Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["text"] = "quoted", ["plain"] = "true", ["number"] = "-12", ["long"] = "123456789012345678901", ["real"] = "-1500",
            ["again"] = "text", ["text8"] = "x", ["long4"] = "197121",
        });
        weights.LeftOut.Select(entry => $"{entry}").Should().Equal(
            "list: a list of 2", "obj: an object of models.Net", "inst: an object of models.Net", "ext: extension 513", "bytes8: 2 bytes",
            "bytes: 1 bytes", "old: 2 bytes");
    }

    [Test]
    public void A_tensor_may_be_wrapped_any_number_of_times_without_costing_stack()
    {
        const int Times = 100_000;
        var function = "ctorch._tensor\n_rebuild_from_type_v2\nq\0";
        var arguments = $"({string.Concat(Enumerable.Repeat("h\0N(", Times))}t{string.Concat(Enumerable.Repeat("Nt", Times))}";
        Refusing($"{function}{arguments}R").WithMessage(
            "*expected a dictionary of tensors, found an object of torch._tensor._rebuild_from_type_v2.*");
    }
}
