using ClassroomKD.Pose;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static ClassroomKD.Tests.Pose.Tasks.Blobs;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>What the recommended preset means for poses.</summary>
public sealed class PosePresetTests
{
    [SetUp]
    public void SetUp() => manual_seed(4);

    [Test]
    public void Recommended_bounds_temperatures_at_what_the_task_of_poses_states()
    {
        using var scope = NewDisposeScope();
        using var task = new HeatmapTask(new() { Sigmas = Sigmas });
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);
        double Highest(ClassroomOptions options)
        {
            using var classroom = new Classroom<PoseAnswer, PoseTarget>(Mentors(), task, options);
            return HighestTemperature(classroom, network);
        }
        Highest(new()).Should().Be(1);
        Highest(new() { Pace = { MaxTemperature = 3 } }).Should().Be(3);
        Highest(new() { Preset = ClassroomPreset.Paper }).Should().BeGreaterThan(3);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void So_it_does_in_a_container(bool gapPaceAskedFor)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var room = builder.Services.AddClassroom<PoseAnswer, PoseTarget>("a");
        if (gapPaceAskedFor)
            room.UseGapPace(pace => pace.Tau = 8);
        room.UseHeatmapTask(options => options.Sigmas = Sigmas);
        builder.Services.AddKeyedSingleton("a", (_, _) => Mentors()[0]);
        using var host = builder.Build();
        using var scope = NewDisposeScope();
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);

        HighestTemperature(host.Services.GetRequiredKeyedService<Classroom<PoseAnswer, PoseTarget>>("a"), network).Should().Be(1);
    }

    [Test]
    public void Recommended_weighs_mentors_by_their_lead()
    {
        using var scope = NewDisposeScope();
        using var task = new HeatmapTask(new() { Sigmas = Sigmas });
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(Mentors(), task);
        ShouldWeighLeads(classroom, network);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void So_they_weigh_in_a_container(bool filteringAskedFor)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var room = builder.Services.AddClassroom<PoseAnswer, PoseTarget>("a");
        if (filteringAskedFor)
            room.UseKnowledgeFiltering();
        room.UseHeatmapTask(options => options.Sigmas = Sigmas);
        foreach (var mentor in Mentors())
            builder.Services.AddKeyedSingleton("a", (_, _) => mentor);
        using var host = builder.Build();
        using var scope = NewDisposeScope();
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);

        ShouldWeighLeads(host.Services.GetRequiredKeyedService<Classroom<PoseAnswer, PoseTarget>>("a"), network);
    }

    private static void ShouldWeighLeads(Classroom<PoseAnswer, PoseTarget> classroom, PoseNetwork network)
    {
        var (images, target) = Draw(8);
        var lesson = classroom.Teach(images, network.call(images), target);
        var leads = (lesson.Ranks.narrow(0, 1, 4) - lesson.Ranks.narrow(0, 0, 1)).relu();
        lesson.Weights.ShouldEqual(leads / leads.sum(0, keepdim: true), 1e-5, "weights");
        lesson.Weights.Doubles().Distinct().Should().HaveCountGreaterThan(1, "mentors differ");
    }

    private static double HighestTemperature(Classroom<PoseAnswer, PoseTarget> classroom, PoseNetwork network)
    {
        var (images, target) = Draw(8);
        return classroom.Teach(images, network.call(images), target).Temperatures.max().Number();
    }
}
