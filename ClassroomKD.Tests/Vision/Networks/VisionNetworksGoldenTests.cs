using System.Security.Cryptography;
using System.Text;
using ClassroomKD.Networks;
using ClassroomKD.Tests.Golden;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Networks;

/// <summary>
/// Every network against the published PyTorch code whose checkpoints it takes (<c>vision-networks.json</c>): as many parameters, the same
/// names and shapes, and from the same weights the same answers.
/// </summary>
public sealed class VisionNetworksGoldenTests
{
    private static IEnumerable<string> Names => VisionNetworks.All.Select(network => network.Name);

    [TearDown]
    public void Settle() => LiveTensors.Settled();

    [Test]
    public void No_network_is_left_out() =>
        GoldenFile.Read("vision-networks.json").GetProperty("networks").EnumerateObject().Select(network => network.Name)
            .Should().BeEquivalentTo(Names);

    [TestCaseSource(nameof(Names))]
    public void Equals_the_published_network(string name)
    {
        var golden = GoldenFile.Read("vision-networks.json").GetProperty("networks").GetProperty(name);
        using var scope = NewDisposeScope();
        using var free = no_grad();
        using var network = VisionNetworks.Create(name, golden.GetProperty("classes").GetInt32());

        network.parameters().Sum(parameter => parameter.numel()).Should().Be(golden.GetProperty("parameters").GetInt64());
        var entries = network.state_dict();
        entries.Should().HaveCount(golden.GetProperty("entries").GetInt32(), string.Join(", ", entries.Keys));
        Hash(entries).Should().Be(golden.GetProperty("names").GetString(), string.Join(", ", entries.Keys));

        WeightRule.Fill(network);
        network.eval();
        using var prepared = new PreparedNetwork(network, type: null);
        foreach (var answer in golden.GetProperty("answers").EnumerateArray())
        {
            int Number(string property) => answer.GetProperty(property).GetInt32();
            var images = WeightRule.Images(Number("batch"), Number("height"), Number("width"));
            var logits = network.call(images);
            var within = 1e-4 * answer.GetProperty("std").GetDouble();
            logits[.., ..4].ShouldBe(
                answer.GetProperty("logits").Numbers(), within, $"{name}, logits to a ten-thousandth of their deviation");
            prepared.Run(images)[0][.., ..4].ShouldBe(answer.GetProperty("logits").Numbers(), within, $"{name}, prepared for answering");
            logits.std().Number().Should().BeApproximately(answer.GetProperty("std").GetDouble(), within);
            logits.abs().max().Number().Should().BeApproximately(answer.GetProperty("max").GetDouble(), within);
        }
    }

    // SHA-256 of lines "name [sizes]" in the order of their characters.
    private static string Hash(Dictionary<string, Tensor> entries)
    {
        var lines = entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(
            entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}
