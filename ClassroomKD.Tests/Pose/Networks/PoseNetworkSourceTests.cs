using System.Text;
using ClassroomKD.Pose;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Pose.Networks;

/// <summary>Pose networks that configuration names are those that code would make, or are refused by path.</summary>
public sealed class PoseNetworkSourceTests : TensorFixture
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Named_networks_answer_as_those_made_in_code()
    {
        using var coco = PoseNetwork.FromHeatmaps(SimpleBaseline.MobileNetV2(), new(HeatmapEncoding.Udp, 1.5), JointMap.CocoToMpii);
        using var bins = PoseNetwork.FromSimcc(RtmPose.Tiny(16, 64, 96), new SimccCodec(64, 96, 2, 2.83, 3.46));
        SafetensorsFile.Write(Path.Combine(folder.Root, "coco.safetensors"), coco.state_dict());
        SafetensorsFile.Write(Path.Combine(folder.Root, "bins.safetensors"), bins.state_dict());
        using var host = Host(
            """
            { "coco": { "Network": { "Name": "Simple_Baseline_MobileNet_V2", "JointMap": "CocoToMpii", "Encoding": "Udp", "Sigma": 1.5,
                                     "Weights": "coco.safetensors" } },
              "bins": { "Network": { "Name": "rtmpose_t", "Joints": 16, "Size": [96, 64], "Weights": "bins.safetensors" } } }
            """,
            """{ "Name": "small", "Network": { "Name": "simple_baseline_resnet18", "Joints": 16 } }""");
        host.Start();
        var classroom = host.Services.GetRequiredKeyedService<Classroom<PoseAnswer, PoseTarget>>("a");
        var images = randn(2, 3, 96, 64);
        foreach (var (name, network) in new[] { ("coco", coco), ("bins", bins) })
        {
            network.eval();
            using var noGradient = no_grad();
            var (stated, made) = (classroom.Mentors.Single(mentor => mentor.Name == name).Answer(images), network.call(images));
            stated.Should().BeOfType(made.GetType());
            stated.Decode().Positions.ShouldEqual(made.Decode().Positions, 1e-4, name);
        }
        var student = host.Services.GetRequiredKeyedService<Student<PoseAnswer>>("a");
        student.Name.Should().Be("small");
        student.Answer(images).Should().BeOfType<HeatmapPose>().Which.Heatmaps.shape.Should().Equal(2, 16, 24, 16);
    }

    [TestCase("""{ "Name": "hrnet" }""", "Name' is 'hrnet' (expected one of hrnet_w32, hrnet_w48, ")]
    [TestCase("""{ "Name": "hrnet_w32", "Joints": 0 }""", "Joints' is 0 (expected at least 1)")]
    [TestCase("""{ "Name": "hrnet_w32", "Joints": 17, "JointMap": "MpiiToCoco" }""", "Joints' is 17 (MpiiToCoco maps from 16 joints)")]
    [TestCase("""{ "Name": "hrnet_w32", "JointMap": "Mpii" }""", "JointMap' is 'Mpii' (expected one of CocoToMpii, MpiiToCoco)")]
    [TestCase("""{ "Name": "hrnet_w32", "Sigma": -1 }""", "Sigma' is -1 (expected a number of cells above 0)")]
    [TestCase("""{ "Name": "hrnet_w32", "Size": [256, 192] }""", "Size' has no meaning here (the network takes images of any size)")]
    [TestCase("""{ "Name": "rtmpose_m", "Size": [250, 192] }""", "Size' is [250, 192] (expected height and width, multiples of 32)")]
    [TestCase("""{ "Name": "rtmpose_m", "Size": [256] }""", "Size' is [256] (expected height and width, multiples of 32)")]
    [TestCase("""{ "Name": "rtmpose_m", "Sigma": 2 }""", "Sigma' has no meaning here (the network answers with bins, not with heatmaps)")]
    [TestCase("""{ "Name": "rtmpose_m", "Encoding": "Udp" }""", "Encoding' has no meaning here (the network answers with bins")]
    [TestCase("""{ "Name": "hrnet_w32", "Weights": null }""", "Weights' is missing (expected the path of a file)")]
    public void What_makes_no_network_is_refused_at_the_start(string network, string message)
    {
        using var host = Host($$"""{ "m": { "Network": {{network}} } }""");
        var start = $"Classroom 'a': 'Classrooms:a:Mentors:m:Network:{message}";
        host.Invoking(one => one.Start()).Should().Throw<OptionsValidationException>().Which.Failures
            .Should().Contain(failure => failure.StartsWith(start, StringComparison.Ordinal));
    }

    private IHost Host(string mentors, string student = """{ "Network": { "Name": "simple_baseline_resnet18" } }""")
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = folder.Root });
        var json = $$"""{ "Classrooms": { "a": { "Mentors": {{mentors}}, "Student": {{student}} } } }""";
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var section = builder.Configuration.GetSection("Classrooms:a");
        builder.Services.AddClassroom<PoseAnswer, PoseTarget>("a").UseHeatmapTask()
            .AddModelSource(new PoseNetworkSource())
            .AddMentors<PoseAnswer>(section.GetSection("Mentors"))
            .AddStudent<PoseAnswer>(section.GetSection("Student"));
        return builder.Build();
    }
}
