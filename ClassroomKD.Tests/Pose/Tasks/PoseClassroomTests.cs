using ClassroomKD.Pose;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static ClassroomKD.Tests.Pose.Tasks.Blobs;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Whole classrooms of poses, on blobs.</summary>
public sealed class PoseClassroomTests
{
    [SetUp]
    public void SetUp() => manual_seed(4);

    [Test]
    public void Three_kinds_of_mentors_teach_a_heatmap_student() =>
        Learns(new HeatmapTask(new() { Sigmas = Sigmas }), PoseNetwork.FromHeatmaps(Convolutions(), Codec));

    [Test]
    public void Three_kinds_of_mentors_teach_a_simcc_student() =>
        Learns(new SimccTask(new() { Sigmas = Sigmas }), PoseNetwork.FromSimcc(new Bins(Convolutions()), BinsCodec));

    [Test]
    public void A_lesson_leaves_nothing_behind()
    {
        using var task = new HeatmapTask(new() { Sigmas = Sigmas, JointWeights = [1, 1.2, 1.5] });
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(Mentors(), task);
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);
        var live = new List<long>();
        for (var step = 0; step < 202; step++)
        {
            using (NewDisposeScope())
            {
                var (images, target) = Draw(4);
                classroom.Teach(images, network.call(images), target).Loss.backward();
            }
            if (step == 1)
                LiveTensors.Settled();
            live.Add(Tensor.TotalCount);
        }
        live[1..].Should().OnlyContain(count => count == live[1]);
    }

    [Test]
    public void Mentors_in_another_order_have_the_same_ranks()
    {
        using var scope = NewDisposeScope();
        using var task = new HeatmapTask(new() { Sigmas = Sigmas });
        var mentors = Mentors();
        int[] order = [2, 0, 3, 1];
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(mentors, task);
        using var other = new Classroom<PoseAnswer, PoseTarget>(order.Select(m => mentors[m]), task);
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);
        var (images, target) = Draw(8);
        var student = network.call(images);
        Lesson here = classroom.Teach(images, student, target), there = other.Teach(images, student, target);
        for (var m = 0; m < order.Length; m++)
        {
            there.Ranks[1 + m].ShouldEqual(here.Ranks[1 + order[m]], 1e-5, "rank");
            there.MentorLosses[m].ShouldEqual(here.MentorLosses[order[m]], 1e-4, "loss");
        }
        there.Loss.ShouldEqual(here.Loss, 1e-5, "loss");
    }

    [Test]
    public void A_mentor_that_answers_nan_is_counted_and_does_not_teach()
    {
        using var scope = NewDisposeScope();
        using var task = new HeatmapTask(new() { Sigmas = Sigmas });
        var broken = new Mentor<PoseAnswer>(
            "broken", x => new HeatmapPose(full([x.size(0), 3, 8, 8], double.NaN, ScalarType.Float32), new HeatmapGeometry(32, 32, 8, 8)));
        using var classroom = new Classroom<PoseAnswer, PoseTarget>([broken, .. Mentors()], task);
        using var network = PoseNetwork.FromHeatmaps(Convolutions(), Codec);
        var (images, target) = Draw(6);
        var hidden = new PoseTarget(target.Joints, target.Visibility.clone(), target.Areas);
        hidden.Visibility[5] = zeros(3);
        var lesson = classroom.Teach(images, network.call(images), hidden);
        lesson.Loss.backward();
        lesson.Weights[0].ShouldBe(new double[6], within: 0);
        lesson.Weights.select(1, 5).ShouldBe(new double[5], within: 0, "the sample without a joint has no lesson");
        network.parameters().Should().OnlyContain(parameter => parameter.grad!.isfinite().all().item<bool>());
        var report = classroom.ReadReport();
        report.Samples.Should().Be(5);
        report.Mentors[0].NonFiniteAnswers.Should().Be(5);
        report.Mentors[1].TaughtShare.Should().BeGreaterThan(.5);
    }

    [Test]
    public void A_network_is_frozen_in_a_mentor_and_saved_under_its_own_names()
    {
        using var scope = NewDisposeScope();
        var convolutions = Convolutions();
        var weight = convolutions.parameters().First();
        using (var mentor = new Mentor<PoseAnswer>("cnn", PoseNetwork.FromHeatmaps(convolutions, Codec)))
        {
            convolutions.training.Should().BeFalse();
            convolutions.parameters().Should().OnlyContain(parameter => !parameter.requires_grad);
            var answer = (HeatmapPose)mentor.Answer(rand(2, 3, 32, 32));
            answer.Geometry.Should().Be(new HeatmapGeometry(32, 32, 8, 8));
            answer.Heatmaps.sum().isfinite().item<bool>().Should().BeTrue("the answer outlives the mentor's scope");
            mentor.Invoking(m => m.Answer(rand(2, 3)))
                .Should().Throw<MentorException>().WithMessage("*'cnn'*Expected images*found Float32*2, 3*");
        }
        weight.IsInvalid.Should().BeTrue("the mentor owned it");

        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        using var student = new Student<PoseAnswer>("student", PoseNetwork.FromHeatmaps(Convolutions(), Codec));
        using var plain = Convolutions();
        try
        {
            student.Save(path);
            plain.LoadWeights(path);
        }
        finally
        {
            File.Delete(path);
        }
        var images = rand(1, 3, 32, 32);
        plain.eval();
        ((HeatmapPose)student.Examine(images)).Heatmaps.ShouldBeBitwiseEqual(plain.call(images), "loaded into the bare network");
    }

    [TestCase(HeatmapEncoding.Dark)]
    [TestCase(HeatmapEncoding.Udp)]
    public void A_network_of_another_input_size_sees_resized_images(HeatmapEncoding encoding)
    {
        using var scope = NewDisposeScope();
        var (images, target) = Draw(4, encoding);
        using var task = new HeatmapTask(new() { Sigmas = Sigmas });
        // Its heatmaps are the images that it sees.
        using var mentor = new Mentor<PoseAnswer>(
            "wide", PoseNetwork.FromHeatmaps(nn.Identity(), new HeatmapCodec(encoding), inputSize: (48, 64)));
        var answer = (HeatmapPose)mentor.Answer(images);
        answer.Heatmaps.shape.Should().Equal(4, 3, 64, 48);
        answer.Geometry.Should().Be(new HeatmapGeometry(32, 32, 48, 64));
        answer.Positions(soft: false).ShouldBe(target.Joints.Doubles(), within: .15);
        FluentActions.Invoking(() => PoseNetwork.FromHeatmaps(nn.Identity(), inputSize: (1, 64)))
            .Should().Throw<ArgumentException>().WithMessage("*1x64*");
    }

    [Test]
    public void The_example_of_the_documentation_runs()
    {
        using var hrnet = new Mentor<PoseAnswer>("hrnet", PoseNetwork.FromHeatmaps(HrNet.W32()));
        using var rtmpose = new Mentor<PoseAnswer>("rtmpose", PoseNetwork.FromSimcc(RtmPose.Medium()));
        using var student = new Student<PoseAnswer>("r18", PoseNetwork.FromHeatmaps(SimpleBaseline.ResNet18()));
        using var task = new HeatmapTask();
        using var classroom = new Classroom<PoseAnswer, PoseTarget>([hrnet, rtmpose], task);
        using var optimizer = new AdamWOptimizer(student.Module.parameters(), learningRate: 5e-4);

        using (NewDisposeScope())
        {
            var images = rand(2, 3, 256, 192);
            var joints = rand(2, 17, 2).mul(Scalars.Of(150));   // x and y in input pixels
            var visible = ones(2, 17);                          // 0 where not annotated
            var areas = full(2, 18_000, ScalarType.Float32);    // annotated area x (input width / crop width)²
            optimizer.zero_grad();
            var lesson = classroom.Teach(images, student.Answer(images), new PoseTarget(joints, visible, areas));
            lesson.Loss.backward();
            optimizer.step();
            lesson.Loss.isfinite().item<bool>().Should().BeTrue();
        }
        classroom.ReadReport().Mentors.Select(mentor => mentor.Name).Should().Equal("hrnet", "rtmpose");
    }

    [Test]
    public void The_container_makes_a_classroom_of_poses()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddClassroom<PoseAnswer, PoseTarget>("coco")
            .UseHeatmapTask(options => options.Sigmas = Sigmas)
            .AddMentor("heatmaps", _ => PoseNetwork.FromHeatmaps(Convolutions(), Codec))
            .AddMentor("bins", _ => PoseNetwork.FromSimcc(new Bins(Convolutions()), BinsCodec))
            .AddStudent("student", _ => PoseNetwork.FromHeatmaps(Convolutions(), Codec));
        builder.Services.AddClassroom<PoseAnswer, PoseTarget>("simcc")
            .UseSimccTask(options => options.Sigmas = Sigmas)
            .AddMentor("heatmaps", _ => PoseNetwork.FromHeatmaps(Convolutions(), Codec));
        using var host = builder.Build();
        host.Start();
        using var scope = NewDisposeScope();
        var (images, target) = Draw(2);
        var student = host.Services.GetRequiredKeyedService<Student<PoseAnswer>>("coco");
        var classroom = host.Services.GetRequiredKeyedService<Classroom<PoseAnswer, PoseTarget>>("coco");
        classroom.Teach(images, student.Answer(images), target).Loss.isfinite().item<bool>().Should().BeTrue();
        classroom.Mentors.Should().HaveCount(2);
        host.Services.GetRequiredKeyedService<IDistillationTask<PoseAnswer, PoseTarget>>("simcc").Should().BeOfType<SimccTask>();
    }

    private static void Learns(PoseTask task, PoseNetwork network)
    {
        using var owned = task;
        using var student = new Student<PoseAnswer>("student", network);
        using var classroom = new Classroom<PoseAnswer, PoseTarget>(
            Mentors(), task, new() { Preset = ClassroomPreset.Sample, ConstantTemperature = 1, TaskCoefficient = TaskCoefficient.One });
        using var optimizer = new AdamWOptimizer(network.parameters(), learningRate: 3e-3);
        using var outer = NewDisposeScope();
        var (images, target) = Draw(16);
        var (losses, performances) = (new List<double>(), new List<double>());
        for (var step = 0; step < 30; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var lesson = classroom.Teach(images, student.Answer(images), target);
            lesson.Loss.backward();
            optimizer.step();
            // A mentor's weight changes as the student catches up, so the loss of a step is not that of the one before: both are looked at.
            losses.Add(lesson.Loss.Number());
            performances.Add(lesson.Performances[0].mean().Number());
        }
        var report = classroom.ReadReport();
        TestContext.Out.WriteLine($"loss {losses[0]:F4} -> {losses[^1]:F4}, OKS {performances[0]:F3} -> {performances[^1]:F3}; " +
            string.Join(", ", report.Mentors.Select(mentor => $"{mentor.Name} {mentor.MeanPerformance:F3} {mentor.TaughtShare:F2}")));
        losses[^1].Should().BeLessThan(.5 * losses[0]);
        performances[^1].Should().BeGreaterThan(performances[0] + .2);
        report.Mentors.Should().OnlyContain(mentor => mentor.TaughtShare > 0);
    }
}
