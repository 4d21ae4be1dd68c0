using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>The trainer with students that answer with heatmaps and with bins, on generated figures.</summary>
public sealed class PoseTrainerTests
{
    private const int Epochs = 2;

    [Test]
    public void Mentors_of_the_same_weights_are_told_apart_by_what_reads_their_answers()
    {
        string Identity(HeatmapCodec codec, JointMap? joints = null, (int, int)? size = null)
        {
            manual_seed(3);
            using var mentor = new Mentor<PoseAnswer>("m", PoseNetwork.FromHeatmaps(nn.Conv2d(3, 17, 4, stride: 4), codec, joints, size));
            return string.Join('\n', mentor.Identity);
        }
        string[] all =
        [
            Identity(new HeatmapCodec()), Identity(new HeatmapCodec(HeatmapEncoding.Udp)), Identity(new HeatmapCodec(sigma: 3)),
            Identity(new HeatmapCodec(), JointMap.MpiiToCoco), Identity(new HeatmapCodec(), size: (32, 32)),
        ];
        TestContext.Out.WriteLine(string.Join("\n\n", all));
        all.Should().OnlyHaveUniqueItems();
        Identity(new HeatmapCodec()).Should().Be(all[0]);
    }

    [Test]
    public void Both_tasks_train_and_resume_with_the_same_bits([Values] bool bins)
    {
        string expected;
        TrainingResult whole;
        using (var training = new Case(bins))
            (whole, expected) = (training.Trainer.Run(), training.Weights);
        whole.Epochs.Should().HaveCount(Epochs).And.OnlyContain(epoch => double.IsFinite(epoch.Loss));
        whole
            .Epochs[^1]
            .Teaching!.Mentors.Should()
            .OnlyContain(mentor => mentor.Agreement >= 0 && mentor.Agreement <= 1 && mentor.EligibleShare > 0);

        for (var end = 1; end < 6; end += 2)
        {
            using var folder = new TemporaryFolder();
            void Checkpoint(TrainerOptions options) => (options.CheckpointFolder, options.CheckpointEvery) = (folder.Root, 1);
            using (var first = new Case(bins, Checkpoint, end))
                FluentActions.Invoking(() => first.Trainer.Run()).Should().Throw<IOException>();
            using var second = new Case(bins, Checkpoint);
            var result = second.Trainer.Run();

            second.Weights.Should().Be(expected, $"ended after {end} steps");
            result.Epochs[^1].Loss.Should().Be(whole.Epochs[^1].Loss);
        }
    }

    [Test]
    public void A_student_learns_without_mentors([Values] bool bins)
    {
        using var training = new Case(bins, options => options.Epochs = 8);
        var result = new Trainer<PoseAnswer, PoseTarget>(
            training.Student,
            training.Optimizer,
            training.Data,
            training.Task,
            new() { Epochs = 8 }
        ).Run();
        result.Epochs[^1].Loss.Should().BeLessThan(result.Epochs[0].Loss);
    }

    /// <summary>A student, a mentor of its own kind and one of the other.</summary>
    private sealed class Case : IDisposable
    {
        private readonly Mentor<PoseAnswer>[] mentors;
        private readonly Classroom<PoseAnswer, PoseTarget> classroom;

        public Case(bool bins, Action<TrainerOptions>? change = null, int end = int.MaxValue)
        {
            manual_seed(5);
            mentors = SmallPoses.Mentors();
            Student = new Student<PoseAnswer>("student", bins ? SmallPoses.Rows(6) : SmallPoses.Maps(6));
            Task = bins ? new SimccTask() : new HeatmapTask();
            Optimizer = new AdamWOptimizer(Student.Module.parameters(), 5e-3);
            Data = SmallPoses.Data();
            var options = new TrainerOptions
            {
                Epochs = Epochs,
                Seed = 1,
                WarmUpSteps = 2,
                MaxGradientNorm = 1,
                AverageDecay = 0.5,
            };
            change?.Invoke(options);
            classroom = new Classroom<PoseAnswer, PoseTarget>(mentors, Task);
            Trainer = new(Student, Optimizer, Data, classroom, options) { Observers = [new Killer(end)] };
        }

        public Student<PoseAnswer> Student { get; }

        public PoseTask Task { get; }

        public AdamWOptimizer Optimizer { get; }

        public PoseLoader Data { get; }

        public Trainer<PoseAnswer, PoseTarget> Trainer { get; }

        public string Weights => Sha256.OfTensors(Student.Module.state_dict(), "");

        public void Dispose()
        {
            classroom.Dispose();
            Array.ForEach(mentors, mentor => mentor.Dispose());
            Optimizer.Dispose();
            Student.Dispose();
            Task.Dispose();
        }
    }

    // The end of a process between two steps: the checkpoint of the last one is not written.
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
