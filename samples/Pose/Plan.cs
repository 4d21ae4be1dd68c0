using ClassroomKD.Pose;
using TorchSharp;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>One kind of network: what it answers with, how it is made and by which task it learns from the truth.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Work">What its training costs, where the student's own costs 1, as measured.</param>
internal sealed record Plan(string Name, double Work, Func<PoseNetwork> Network, Func<PoseTask> Task)
{
    // Six pixels of the input on both. Wide for maps so small, because narrow peaks among many zeros take tens of thousands of steps to learn.
    private static readonly HeatmapCodec Fine = new(HeatmapEncoding.Dark, 3), Coarse = new(HeatmapEncoding.Dark, 1.5);

    // As RTMPose chooses them: the root of an eighth of the extent.
    private static readonly SimccCodec Bins = new(PoseData.Width, PoseData.Height, 2, Math.Sqrt(PoseData.Width / 8.0), Math.Sqrt(PoseData.Height / 8.0));

    /// <summary>Two with heatmaps, of two sizes, and one with SimCC.</summary>
    public static IReadOnlyList<Plan> Mentors { get; } =
    [
        Heatmaps("heatmaps 32x24", 2.8, 16, 2, Fine),
        Heatmaps("heatmaps 16x12", 2.6, 20, 4, Coarse),
        new("simcc 128+96 bins", 2.6, () => PoseNetwork.FromSimcc(new SmallSimccNet(20, JointLayout.Coco.Count, Bins), Bins), () => new SimccTask()),
    ];

    public static Plan Student { get; } = Heatmaps("student", 1, 8, 4, Coarse);

    private static Plan Heatmaps(string name, double work, int width, int stride, HeatmapCodec codec) => new(
        name, work, () => PoseNetwork.FromHeatmaps(new SmallPoseNet(width, JointLayout.Coco.Count, stride), codec), () => new HeatmapTask());

    /// <summary>A network that starts as the seed says.</summary>
    public PoseNetwork Create(int seed, Device device)
    {
        random.manual_seed(seed);
        var network = Network();
        network.to(device);
        return network;
    }
}
