using ClassroomKD.Pose;
using Microsoft.Extensions.Options;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Options at the ends of their ranges, and that a task asks the losses it was given, with what the pace decided.</summary>
public sealed class PoseTaskEdgeTests : TensorFixture
{
    [SetUp]
    public void Seed() => manual_seed(4);

    [Test]
    public void A_student_of_other_joints_is_refused()
    {
        using var task = new HeatmapTask();
        var truth = Joints(2);
        void Refused(HeatmapPose student) => FluentActions.Invoking(() => task.Begin(student, Target(truth)))
            .Should().Throw<ArgumentException>()
            .WithMessage("Expected a student that answers the classroom's 17 joints without a joint map*");
        Refused(Heatmaps(Joints(2, 16), Coarse, Dark));
        Refused(Heatmaps(truth, Coarse, Dark, new JointMap(17, [.. Enumerable.Range(0, 17).Select(k => new[] { k })])));
    }

    [Test]
    public void A_mentor_that_answers_on_another_device_is_refused()
    {
        using var task = new HeatmapTask();
        var truth = Joints(2);
        var elsewhere = new HeatmapPose(zeros(2, 17, 64, 48, device: META), Coarse, Dark);
        FluentActions.Invoking(() => task.Begin(Heatmaps(truth, Coarse, Dark), Target(truth), elsewhere)).Should().Throw<MentorException>()
            .WithMessage("Mentor 'mentor 0' answered on meta, but the student on cpu; both must be on one device.");
    }

    [Test]
    public void Weights_of_joints_may_be_0_and_nothing_below_nor_infinity()
    {
        void Weighted(params double[] weights) => new HeatmapTask(new() { Sigmas = [.1, .1], JointWeights = weights }).Dispose();
        Weighted(0, 1);
        foreach (var wrong in (double[])[-1, double.PositiveInfinity, double.NaN])
            FluentActions.Invoking(() => Weighted(1, wrong)).Should().Throw<OptionsValidationException>().WithMessage("*JointWeights*");
        using var all = new HeatmapTask(new() { Sigmas = [.1, .1, .1], Loss = new OhkmLoss(3) });
        all.Should().NotBeNull("the hardest of three may be all three");
    }

    [Test]
    public void A_task_asks_its_losses_with_the_students_own_temperatures()
    {
        var truth = Joints(2);
        var maps = new Watching<Tensor>();
        using var ofMaps = new HeatmapTask(new() { Loss = maps, Distillation = maps });
        Distill(ofMaps, Heatmaps(truth, Coarse, Dark), Heatmaps(truth, Coarse, Dark), truth);
        var bins = new Watching<SimccAnswer>();
        using var ofBins = new SimccTask(new() { Loss = bins, Distillation = bins });
        Distill(ofBins, Simcc(truth), Simcc(truth), truth);

        foreach (var (asked, temperatures) in new[] { (maps.Asked, maps.Temperatures), (bins.Asked, bins.Temperatures) })
        {
            asked.Should().BeTrue();
            temperatures.Should().Equal(3, 3, 5, 5);
        }
    }

    private static void Distill(PoseTask task, PoseAnswer student, PoseAnswer mentor, Tensor truth)
    {
        var step = task.Begin(student, Target(truth), mentor);
        step.Assess();
        step.TaskLoss();
        step.Distill(new() { Weights = ones(1, 2), Temperatures = full(1, 2, 3f), StudentTemperatures = full(1, 2, 5f) });
    }

    private sealed class Watching<TMaps> : IPoseLoss<TMaps>, IPoseDistillationLoss<TMaps>
    {
        public bool Asked { get; private set; }

        public double[] Temperatures { get; private set; } = [];

        public Tensor PerSample(in PoseLossArguments<TMaps> arguments)
        {
            Asked = true;
            return zeros(2);
        }

        public Tensor PerSample(in PoseDistillationArguments<TMaps> arguments)
        {
            Temperatures = [.. arguments.Temperatures.Doubles(), .. arguments.StudentTemperatures.Doubles()];
            return zeros(2);
        }
    }
}
