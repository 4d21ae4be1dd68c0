namespace ClassroomKD.Tests.Core.Weights;

public sealed class WeightsIndexTests
{
    private readonly string folder = Directory.CreateTempSubdirectory("classroomkd-shards-").FullName;

    [SetUp]
    public void Copy()
    {
        foreach (var file in Directory.GetFiles(Fixture.Of("Cases"), "model*"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
    }

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    private string Index => Path.Combine(folder, "model.safetensors.index.json");

    [Test]
    public void Shards_are_read_as_one()
    {
        using var weights = WeightsFile.Read(Index);
        weights.Keys.Should().Equal("weight", "bias");
        weights.Metadata.Should().BeEquivalentTo(new Dictionary<string, string> { ["total_size"] = "40" });
        weights["bias"].shape.Should().Equal(2);
        var before = Fixture.LiveTensors();
        WeightsFile.Read(Index).Dispose();
        Fixture.LiveTensors().Should().Be(before);
    }

    [Test]
    public void Shards_may_be_of_PyTorch_and_hold_more_than_the_index_names()
    {
        File.Copy(Fixture.Of("Cases/r01-namespace.pth"), Path.Combine(folder, "pytorch_model-1.bin"), overwrite: true);
        File.Copy(Fixture.Of("Cases/s01-f8-beside.safetensors"), Path.Combine(folder, "other.safetensors"), overwrite: true);
        using var weights = Reading("""
            {"weight_map": {"bias": "pytorch_model-1.bin", "weight": "other.safetensors", "scale_fp8": "other.safetensors"}}
            """)();
        weights.Keys.Should().Equal("bias", "weight");
        weights.LeftOut.Select(entry => entry.Name).Should().BeEquivalentTo("args", "weight", "scale_fp8", "bias");
    }

    [Test]
    public void Missing_shards_and_tensors_are_named()
    {
        File.Delete(Path.Combine(folder, "model-00002-of-00002.safetensors"));
        FluentActions.Invoking(() => WeightsFile.Read(Index)).Should().Throw<WeightsException>()
            .WithMessage($"{Index}: 1 of 2 shards are missing beside it: model-00002-of-00002.safetensors.");
        Refusing("""{"weight_map": {"b": "model-00001-of-00002.safetensors"}}""")
            .WithMessage("*expected 'b' in model-00001-of-00002.safetensors, which lacks it.");
    }

    [TestCase("""{"weight_map": {"w": "../w.safetensors"}}""", "*the name of a file beside the index for 'w', found \"../w.safetensors\".")]
    [TestCase("""{"weight_map": {"w": "/etc/passwd"}}""", "*the name of a file beside the index*")]
    [TestCase("""{"weight_map": {"w": ".."}}""", "*the name of a file beside the index*")]
    [TestCase("""{"weight_map": {"w": "a\u0000"}}""", "*the name of a file beside the index*")]
    [TestCase("""{"weight_map": {"w": ""}}""", "*the name of a file beside the index*")]
    [TestCase("""{"weight_map": {"w": 7}}""", "*the name of a file beside the index for 'w', found 7.")]
    [TestCase("""{"weight_map": {"": "model-00001-of-00002.safetensors"}}""", "*the name of a file beside the index*")]
    [TestCase("""{"weight_map": {"\ud800": "model-00001-of-00002.safetensors"}}""", "*no valid JSON*")]
    [TestCase("""{"weight_map": {"w": "\ud800"}}""", "*no valid JSON*")]
    [TestCase("""{"weight_map": []}""", "*expected an index of shards with a 'weight_map', found other JSON.")]
    [TestCase("""{"categories": []}""", "*expected an index of shards with a 'weight_map', found other JSON.")]
    [TestCase("""{"weight_map": {}""", "*no valid JSON*")]
    [TestCase("""{"weight_map": {"w": "index.json"}}""", "*index.json: expected a safetensors or PyTorch file, found JSON (an index*")]
    public void Indexes_are_validated(string json, string message) => Refusing(json).WithMessage(message);

    [Test]
    public void What_the_index_says_beside_its_map_does_not_matter()
    {
        var deep = new string('[', 70) + new string(']', 70);
        using var weights = Reading(
            " {\"unknown\": " + deep + ", \"metadata\": null, \"weight_map\": {\"bias\": \"model-00002-of-00002.safetensors\"}}")();
        weights.Keys.Should().Equal("bias");
    }

    [Test]
    public void An_index_is_read_by_its_path_alone() =>
        FluentActions.Invoking(() => WeightsFile.Read(new MemoryStream(File.ReadAllBytes(Index)), "stream"))
            .Should().Throw<WeightsException>().WithMessage(
                "stream: expected a safetensors or PyTorch file, found JSON (an index of shards is read by its path*");

    [Test]
    public void A_file_of_TorchSharp_is_recognized()
    {
        var path = Path.Combine(folder, "net.dat");
        using var linear = nn.Linear(3, 2);
        using var network = nn.Sequential(("layer1", nn.Linear(300, 2)), ("bn", nn.BatchNorm1d(2)));
        foreach (var module in new nn.Module[] { linear, network })
        {
            module.save(path);
            FluentActions.Invoking(() => WeightsFile.Read(path)).Should().Throw<WeightsException>()
                .WithMessage($"{path}: expected a safetensors or PyTorch file, found TorchSharp's own format; call network.load(path)*");
        }
    }

    private Func<StateDictionary> Reading(string json)
    {
        var path = Path.Combine(folder, "index.json");
        File.WriteAllText(path, json);
        return () => WeightsFile.Read(path);
    }

    private FluentAssertions.Specialized.ExceptionAssertions<WeightsException> Refusing(string json) =>
        FluentActions.Invoking(() => Reading(json)().Dispose()).Should().Throw<WeightsException>();
}
