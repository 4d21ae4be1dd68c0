using ClassroomKD.Pose;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Devices;

/// <summary>A lesson of poses is the same on every device, with mentors of several sizes, conventions and heads.</summary>
[TestFixture("cpu")]
[TestFixture("cuda", Category = "Cuda")]
public sealed class PoseLessonTests(string device) : DeviceFixture(device)
{
    private const int Batch = 4;

    private static readonly Dictionary<string, Func<PoseTask>> Tasks = new()
    {
        ["joints' MSE"] = () => new HeatmapTask(),
        ["keypoints' MSE"] = () => new HeatmapTask(new() { Loss = new KeypointMseLoss() }),
        ["hardest joints"] = () => new HeatmapTask(new() { Loss = new OhkmLoss() }),
        ["hardest keypoints"] = () => new HeatmapTask(new() { Loss = new OhkmLoss(halved: false) }),
        ["fast pose"] = () => new HeatmapTask(new() { Distillation = new FastPoseDistillation() }),
        ["heatmaps, soft performance"] = () => new HeatmapTask(new() { SoftPerformance = true, DistillationFactor = 0.5 }),
        ["heatmaps, right from 0.5"] = () => new HeatmapTask(new() { CorrectFrom = 0.5, JointWeights = [.. Enumerable.Repeat(1.5, 17)] }),
        ["simcc"] = () => new SimccTask(),
        ["simcc, soft performance"] = () => new SimccTask(new() { SoftPerformance = true }),
    };

    private static IEnumerable<string> Names => Tasks.Keys;

    [TestCaseSource(nameof(Names))]
    public void Lesson_is_the_same_on_the_device_and_on_the_CPU(string name)
    {
        using var scope = NewDisposeScope();
        var (here, gradientsHere) = Teach(name, CPU);

        var (there, gradientsThere) = Teach(name, On);

        // A gradient's elements are differences of probabilities, of which the largest decides the rounding: 1e-4 of the largest.
        ShouldAgree(here, there);
        foreach (var (expected, actual) in gradientsHere.Zip(gradientsThere))
        {
            actual.ShouldEqual(expected, 1e-3, "gradient", absolute: 1e-9);
            expected.abs().sum().Number().Should().BePositive();
        }
        there.Weights.ne(Scalars.Zero).any().item<bool>().Should().BeTrue("somebody has to teach");
    }

    [TestCaseSource(nameof(Names))]
    public void Lesson_leaves_nothing_on_the_device(string name) => LeavesNothing(() => Teach(name, On));

    private static (Lesson Lesson, Tensor[] Gradients) Teach(string name, Device device)
    {
        using var task = Tasks[name]();
        manual_seed(3);
        var joints = Joints(Batch);
        var visibility = ones(Batch, 17);
        visibility[1, 4] = zeros([]);
        var target = new PoseTarget(joints.to(device), visibility.to(device), full(Batch, 18_000, ScalarType.Float32).to(device));
        var simcc = task is SimccTask;
        // Each joint is wrong by another distance, since rounding would decide which are the hardest otherwise.
        var wrong = joints + linspace(4, 20, 17).view(1, 17, 1);
        var answer = OnDevice(simcc ? Simcc(wrong) : Heatmaps(wrong, Coarse, Dark), device);
        Tensor[] leaves = answer is SimccPose bins ? [bins.Bins.X, bins.Bins.Y] : [((HeatmapPose)answer).Heatmaps];
        foreach (var leaf in leaves)
            leaf.requires_grad_();

        // Of the coarse size, of another, with bins, and no better than the student.
        PoseAnswer[] mentors =
        [
            Heatmaps(Shifted(joints, 1), Coarse, new HeatmapCodec(HeatmapEncoding.Udp)), Heatmaps(Shifted(joints, 2), Fine, FineDark),
            Simcc(Shifted(joints, 3)), Heatmaps(Shifted(joints, 14), Coarse, new HeatmapCodec()),
        ];
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(
            mentors.Select((_, m) => new Mentor<PoseAnswer>($"mentor {m}", _ => throw new InvalidOperationException())), task);
        var lesson = classroom.Teach(answer, [.. mentors.Select(mentor => OnDevice(mentor, device))], target);
        lesson.Loss.backward();
        return (lesson, [.. leaves.Select(leaf => leaf.grad!)]);
    }

    private static PoseAnswer OnDevice(PoseAnswer answer, Device device)
    {
        Tensor Own(Tensor tensor) => tensor.detach().clone().to(device);
        return answer switch
        {
            HeatmapPose pose => new HeatmapPose(Own(pose.Heatmaps), pose.Geometry, pose.Codec, pose.Joints),
            SimccPose pose => new SimccPose(
                new SimccAnswer(Own(pose.Bins.X), Own(pose.Bins.Y)), pose.Codec, pose.Joints, pose.Sharpness),
            _ => throw new ArgumentOutOfRangeException(nameof(answer)),
        };
    }
}
