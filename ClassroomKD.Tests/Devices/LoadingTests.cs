using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Core;
using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Tests.Pose.Tasks;
using ClassroomKD.Vision;
using SkiaSharp;

namespace ClassroomKD.Tests.Devices;

/// <summary>What comes to a device from elsewhere: batches from files, recorded poses, answers of mentors on the CPU.</summary>
[TestFixture("cpu")]
[TestFixture("cuda", Category = "Cuda")]
public sealed class LoadingTests(string device) : DeviceFixture(device)
{
    [Test]
    public void Images_from_files_are_the_same_on_the_device_and_on_the_CPU()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. Enumerable.Range(0, 20).Select(i => Path.Combine(folder.Root, $"{i}.png"))];
        foreach (var (i, path) in paths.Index())
            File.WriteAllBytes(path, TestImages.Encoded(SKEncodedImageFormat.Png, tone: i));
        var files = new LabeledFiles(paths, [.. paths.Select((_, i) => i % 2)], ["even", "odd"]);
        ImageLoader Loader(Device on) => new(files, new RandomResizedCrop(16), new() { BatchSize = 6, Seed = 9, Workers = 3 })
        {
            Device = on, Augmentations = [new RandomCropFlip(2)], Normalization = Normalization.ImageNet, Mixing = new MixUp(),
        };

        for (var epoch = 0; epoch < 4; epoch++)
            foreach (var (here, there) in Both(Loader(CPU).Epoch(epoch), Loader(On).Epoch(epoch)))
            {
                there.Images.device_type.Should().Be(On.type);
                there.Images.ShouldEqual(here.Images, 1e-5, "images", absolute: 1e-5);
                there.Labels.ShouldEqual(here.Labels, 1e-5, "labels", absolute: 1e-6);
            }
    }

    [Test]
    public void Persons_are_the_same_on_the_device_and_on_the_CPU()
    {
        for (var epoch = 0; epoch < 4; epoch++)
            foreach (var (here, there) in Both(SmallPoses.Data().Epoch(epoch), SmallPoses.Data(On).Epoch(epoch)))
            {
                there.Images.device_type.Should().Be(On.type);
                there.Images.ShouldEqual(here.Images, 1e-3, "images", absolute: 1e-3);
                there.Target.Joints.ShouldEqual(here.Target.Joints, 1e-5, "joints", absolute: 1e-4);
                there.Target.Visibility.ShouldEqual(here.Target.Visibility, 0, "visibility");
            }
    }

    [Test]
    public void Recorded_poses_teach_on_the_device_what_the_mentors_themselves_teach()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        manual_seed(5);
        var mentors = SmallPoses.Mentors(On);
        var data = SmallPoses.Data(On);
        RecordedLessons.Record(folder.Root, mentors, data, new() { Variants = 2 });
        var lessons = RecordedLessons.Open(folder.Root);
        Mentor<PoseAnswer>[] recorded = [lessons.CreatePoseMentor("maps"), lessons.CreatePoseMentor("bins")];
        double Train(Mentor<PoseAnswer>[] teachers)
        {
            manual_seed(6);
            using var student = new Student<PoseAnswer>("student", SmallPoses.Maps(6).to(On));
            using var optimizer = new AdamWOptimizer(student.Module.parameters(), 5e-3);
            using var task = new HeatmapTask();
            using var classroom = new Classroom<PoseAnswer, PoseTarget>(teachers, task);
            return new Trainer<PoseAnswer, PoseTarget>(student, optimizer, lessons.Replay(data), classroom, new() { Epochs = 2 })
                .Run().Epochs[^1].Loss;
        }

        foreach (var mentor in mentors)
            lessons.Compare(mentor, data).Should().BeLessThan(1e-3);
        var live = Train(mentors);
        Train(recorded).Should().BeApproximately(live, 1e-3 * live);
        foreach (var mentor in mentors.Concat(recorded))
            mentor.Dispose();
    }

    [Test]
    public void A_mentor_on_the_CPU_teaches_a_student_on_the_device()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var near = new CifarResNet(8, 10, 8);
        using var far = new CifarResNet(8, 10, 8);
        far.load_state_dict(near.state_dict());
        near.to(On);
        var (images, labels) = (randn(16, 3, 32, 32), Classes.Labels(1, 16, 10));
        Lesson Teach(nn.Module<Tensor, Tensor> network, Device home)
        {
            using var mentor = new Mentor("mentor", network, new MentorOptions { Device = home });
            using var classroom = new Classroom([mentor]);
            return classroom.Teach(images.to(On), zeros(16, 10, device: On, requires_grad: true), labels.to(On));
        }

        ShouldAgree(Teach(far, CPU), Teach(near, On));
    }

    // A loader disposes a batch when the next is asked for.
    private static IEnumerable<(T Here, T There)> Both<T>(IEnumerable<T> here, IEnumerable<T> there)
    {
        using var ours = here.GetEnumerator();
        using var theirs = there.GetEnumerator();
        var count = 0;
        for (; ours.MoveNext(); count++)
        {
            theirs.MoveNext().Should().BeTrue("there is a batch {0} on the CPU", count);
            yield return (ours.Current, theirs.Current);
        }
        theirs.MoveNext().Should().BeFalse("there are {0} batches on the CPU", count);
        count.Should().BePositive();
    }
}
