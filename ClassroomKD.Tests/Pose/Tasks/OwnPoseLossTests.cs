using ClassroomKD.Pose;
using TorchSharp.Modules;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Losses that the package does not know, set as docs/plugins.md says.</summary>
public sealed class OwnPoseLossTests : TensorFixture
{
    [SetUp]
    public void SetUp() => manual_seed(6);

    [Test]
    public void They_train_a_student_with_heatmaps()
    {
        using var task = new HeatmapTask(new() { Loss = new AbsoluteError(), Distillation = new AbsoluteError() });
        Learns(task, [new(rand(4, 17, 64, 48))], x => new HeatmapPose(x[0], Coarse, Dark));
    }

    [Test]
    public void They_train_a_student_with_bins()
    {
        using var task = new SimccTask(new() { Loss = new AbsoluteError(), Distillation = new AbsoluteError() });
        Learns(task, [new(rand(4, 17, 384)), new(rand(4, 17, 512))], x => new SimccPose(new SimccAnswer(x[0], x[1])));
    }

    // Its answers are free numbers, so that what a loss asks for can be reached.
    private static void Learns(PoseTask task, Parameter[] answer, Func<Tensor[], PoseAnswer> pose)
    {
        var truth = Joints(4);
        var visibility = ones(4, 17);
        visibility[0, 3] = tensor(0f);
        var mentors = new Mentor<PoseAnswer>[] { new("finer", _ => Heatmaps(truth, Fine, FineDark)), new("bins", _ => Simcc(truth)) };
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(mentors, task, new() { TaskCoefficient = TaskCoefficient.One });
        using var optimizer = new AdamWOptimizer(answer, learningRate: 2e-2);
        var losses = new List<double>();
        for (var step = 0; step < 40; step++)
        {
            optimizer.zero_grad();
            var lesson = classroom.Teach(rand(4, 3, 8, 8), pose(answer), Target(truth, visibility));
            lesson.Loss.backward();
            optimizer.step();
            losses.Add(lesson.Loss.ToDouble());
            lesson.MentorLosses.Doubles().Should().OnlyContain(loss => loss >= 0);
        }
        losses[^1].Should().BeLessThan(.3 * losses[0]);
    }

    /// <summary>The mean absolute difference over the joints that count, at no temperature.</summary>
    private sealed class AbsoluteError :
        IPoseLoss<Tensor>, IPoseDistillationLoss<Tensor>, IPoseLoss<SimccAnswer>, IPoseDistillationLoss<SimccAnswer>
    {
        public Tensor PerSample(in PoseLossArguments<Tensor> arguments) => Mean(arguments.Student, arguments.Target, arguments.Weights);

        public Tensor PerSample(in PoseDistillationArguments<Tensor> arguments) =>
            Mean(arguments.Student, arguments.Mentor, arguments.Weights);

        public Tensor PerSample(in PoseLossArguments<SimccAnswer> arguments) =>
            Mean(arguments.Student, arguments.Target, arguments.Weights);

        public Tensor PerSample(in PoseDistillationArguments<SimccAnswer> arguments) =>
            Mean(arguments.Student, arguments.Mentor, arguments.Weights);

        private static Tensor Mean(SimccAnswer student, SimccAnswer wanted, Tensor weights) =>
            Mean(student.X, wanted.X, weights).add(Mean(student.Y, wanted.Y, weights), Scalars.One);

        private static Tensor Mean(Tensor student, Tensor wanted, Tensor weights) =>
            (student.sub(wanted).abs().flatten(2).mean([2]) * weights).mean([1]);
    }
}
