using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Devices;

/// <summary>The trainer on a device: checkpoints, resumption, recorded lessons.</summary>
[TestFixture("cpu")]
[TestFixture("cuda", Category = "Cuda")]
public sealed class TrainerTests(string device) : DeviceFixture(device)
{
    private const int Classes = 5, Epochs = 2;

    [Test]
    public void Ended_and_run_again_the_training_ends_with_the_same_weights([Values("SGD", "AdamW")] string optimizer)
    {
        using var scope = NewDisposeScope();
        var expected = Train(optimizer);

        using var folder = new TemporaryFolder();
        foreach (var end in (int[])[1, 4, 2])
            FluentActions.Invoking(() => Train(optimizer, folder.Root, new Killer(end))).Should().Throw<IOException>();

        ShouldBeTheSame(Train(optimizer, folder.Root), expected);
    }

    [Test]
    public void Recorded_mentors_teach_what_the_mentors_themselves_teach()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        ShouldBeTheSame(Train("SGD", recording: folder.Root), Train("SGD"));
        using var images = Images();
        var lessons = RecordedLessons.Open(folder.Root);
        foreach (var mentor in Mentors())
            using (mentor)
                lessons.Compare(mentor, Data(images)).Should().BeLessThan(1e-5);
    }

    [Test]
    public void A_training_leaves_nothing_on_the_device([Values("SGD", "AdamW")] string optimizer)
    {
        using var folder = new TemporaryFolder();
        static long LeftBy(Action<string> action)
        {
            action("first");
            var live = LiveTensors.Settled();
            action("second");
            return LiveTensors.Settled() - live;
        }

        // TorchSharp goes on counting a shell of each parameter that was ever made.
        var networks = LeftBy(_ =>
        {
            foreach (var model in (IDisposable[])[.. Mentors(), Student()])
                model.Dispose();
        });
        LeftBy(name => Array.ForEach(Train(optimizer, Path.Combine(folder.Root, name)), tensor => tensor.Dispose()))
            .Should().Be(networks);
    }

    // A GPU sums in an order of its own choice; on the CPU there is one.
    private void ShouldBeTheSame(Tensor[] actual, Tensor[] expected)
    {
        foreach (var (here, there) in expected.Zip(actual))
        {
            if (On.type == DeviceType.CPU)
                there.ShouldBeBitwiseEqual(here, "weights");
            else
                there.ShouldEqual(here, 1e-3, "weights", absolute: 1e-5);
        }
    }

    private ImageDataset Images()
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        var (images, labels) = (randint(256, [64, 3, 16, 16], ScalarType.Byte), randint(Classes, [64], ScalarType.Int64));
        return new ImageDataset(images.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), ["a", "b", "c", "d", "e"]).MoveTo(On);
    }

    private static BatchSampler Data(ImageDataset images) => new(images, new() { BatchSize = 16, Seed = 4 })
    {
        Augmentations = [new RandomCropFlip()], Normalization = Normalization.Cifar100,
    };

    private Mentor[] Mentors()
    {
        manual_seed(5);
        return [.. new[] { 12, 8 }.Select(width => new Mentor($"of width {width}", new CifarResNet(8, Classes, width).to(On)))];
    }

    private Student Student()
    {
        manual_seed(6);
        // What is dropped is drawn on the device, by the trainer's seed.
        return new Student("student", nn.Sequential(new CifarResNet(8, Classes, 4), nn.Dropout(0.3)).to(On));
    }

    /// <summary>The weights after the training.</summary>
    private Tensor[] Train(string optimizer, string? checkpoints = null, ITrainingObserver? observer = null, string? recording = null)
    {
        using var images = Images();
        var live = Mentors();
        ITrainingData<Tensor> data = Data(images);
        IReadOnlyList<Mentor<Tensor>> mentors = live;
        if (recording is not null)
        {
            RecordedLessons.Record(recording, live, data, new() { Variants = Epochs });
            var lessons = RecordedLessons.Open(recording);
            (mentors, data) = ([.. live.Select(mentor => lessons.CreateMentor(mentor.Name))], lessons.Replay(data));
        }

        using var student = Student();
        using optim.Optimizer steps = optimizer == "SGD"
            ? new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4, nesterov: true)
            : new AdamWOptimizer(student.Module.parameters(), 2e-3);
        using var classroom = new Classroom(mentors);
        try
        {
            new Trainer(student, steps, data, classroom, new()
            {
                Epochs = Epochs, MaxGradientNorm = 5, AverageDecay = 0.9, CheckpointFolder = checkpoints, CheckpointEvery = 1,
            })
            { Observers = observer is null ? [] : [observer] }.Run();
            using var scope = NewDisposeScope();
            return [.. student.Module.state_dict().Values.Select(tensor => tensor.cpu().clone().MoveToOuterDisposeScope())];
        }
        finally
        {
            foreach (var mentor in mentors.Concat(live).Distinct())
                mentor.Dispose();
        }
    }

    private sealed class Killer(int end) : ITrainingObserver
    {
        private int left = end;

        public void Stepped(in TrainingProgress progress, Lesson? lesson)
        {
            if (--left == 0)
                throw new IOException("killed");
        }
    }
}
