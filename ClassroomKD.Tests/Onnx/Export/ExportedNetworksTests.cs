using ClassroomKD.Pose;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Onnx.Export;

/// <summary>Every network that can be named, in onnxruntime and in a mentor's inference, against itself.</summary>
public sealed class ExportedNetworksTests
{
    private static readonly IEnumerable<string> VisionNames = VisionNetworks.All.Select(network => network.Name);

    private static readonly TestCaseData[] PoseNetworks =
    [
        Case("SimpleBaseline R18", () => SimpleBaseline.ResNet18(5), 5), Case("SimpleBaseline R50", () => SimpleBaseline.ResNet50(5), 5),
        Case("SimpleBaseline MobileNetV2", () => SimpleBaseline.MobileNetV2(5), 5), Case("HRNet W32", () => HrNet.W32(), 17),
        Case("RTMPose t", () => RtmPose.Tiny(4, 64, 96), 4), Case("RTMPose s", () => RtmPose.Small(4, 64, 96), 4),
    ];

    [SetUp]
    public void Seed() => manual_seed(8);

    [TestCaseSource(nameof(VisionNames))]
    public void Vision(string name)
    {
        var entry = VisionNetworks.Get(name);
        var side = entry.ImageSide == 32 ? 32 : 64;
        using var network = ExportCase.Unsettled(entry.Create(5));
        Check(network, 5, side, side);
    }

    [TestCaseSource(nameof(PoseNetworks))]
    public void Pose(Func<nn.Module> create, int joints)
    {
        using var network = ExportCase.Unsettled(create());
        Check(network, joints, 96, 64);
    }

    private static void Check(nn.Module network, int classes, int height, int width)
    {
        var (onnx, prepared) = ExportCase.Distances(network, classes, height, width);
        TestContext.Out.WriteLine($"onnxruntime within {onnx:E1} of the largest output, prepared within {prepared:E1}");
        onnx.Should().BeLessThan(1e-4);
        prepared.Should().BeLessThan(1e-5);
    }

    private static TestCaseData Case(string name, Func<nn.Module> create, int joints) =>
        new TestCaseData(create, joints).SetArgDisplayNames(name);
}
