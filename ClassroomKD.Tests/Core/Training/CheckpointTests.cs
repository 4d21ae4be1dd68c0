namespace ClassroomKD.Tests.Core.Training;

/// <summary>Checkpoints that are damaged, of another training, or cannot be written.</summary>
public sealed class CheckpointTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    private void Checkpoint(TrainerOptions options) => (options.CheckpointFolder, options.CheckpointEvery) = (folder.Root, 1);

    private string[] Steps => [.. Directory.GetFiles(folder.Root, "step-*").Order(StringComparer.Ordinal)];

    private void TrainHalf()
    {
        var left = 7;
        using var training = new TrainingCase(
            false,
            true,
            Checkpoint,
            new Points(40, 8)
            {
                Before = (_, _) =>
                {
                    if (left-- == 0)
                        throw new IOException("killed");
                },
            }
        );
        FluentActions.Invoking(() => training.Trainer.Run()).Should().Throw<IOException>();
    }

    [Test]
    public void Cut_anywhere_or_with_any_bit_turned_the_one_before_is_used_and_it_is_said()
    {
        TrainHalf();
        var newest = Steps[^1];
        var whole = File.ReadAllBytes(newest);
        string expected;
        using (var training = new TrainingCase(false, true))
        {
            training.Trainer.Run();
            expected = training.Weights;
        }

        var damaged = Enumerable.Range(0, whole.Length / 1024 + 1).Select(kilobyte => whole[..(1024 * kilobyte)]).ToList();
        var random = new Random(4);
        for (var i = 0; i < 40; i++)
        {
            var flipped = whole.ToArray();
            flipped[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
            damaged.Add(flipped);
        }

        foreach (var bytes in damaged)
        {
            File.WriteAllBytes(newest, bytes);
            FluentActions.Invoking(() => CheckpointFile.Read(newest)).Should().Throw<CheckpointException>().WithMessage($"*{newest}*");
        }

        using var resumed = new TrainingCase(false, true, Checkpoint);
        resumed.Trainer.Run();
        resumed.Weights.Should().Be(expected);
        resumed
            .Notices.All.Should()
            .Contain(notice => notice.Contains("damaged") && notice.Contains(newest))
            .And.Contain(notice => notice.StartsWith("Resumed from step-000000000006"));
    }

    [Test]
    public void Where_all_are_damaged_nothing_is_begun_over_them()
    {
        TrainHalf();
        foreach (var file in Steps)
            File.WriteAllText(file, "no checkpoint");
        using var training = new TrainingCase(false, true, Checkpoint);

        FluentActions
            .Invoking(() => training.Trainer.Run())
            .Should()
            .Throw<CheckpointException>()
            .WithMessage($"No checkpoint in {folder.Root} can be read*");
        Steps.Should().HaveCount(2);
    }

    [Test]
    public void Another_training_is_refused_with_the_difference_named_unless_it_is_meant()
    {
        TrainHalf();
        void Other(TrainerOptions options)
        {
            Checkpoint(options);
            options.MaxGradientNorm = 0.7;
        }

        using var other = new TrainingCase(false, true, Other);
        FluentActions
            .Invoking(() => other.Trainer.Run())
            .Should()
            .Throw<CheckpointException>()
            .WithMessage("*another training: maxGradientNorm was 0.5 and is 0.7.*AcceptedDifferences*");
        using var meant = new TrainingCase(
            false,
            true,
            options =>
            {
                Other(options);
                options.AcceptedDifferences.Add("maxGradientNorm");
            }
        );
        meant.Trainer.Run().Epochs.Should().HaveCount(TrainingCase.Epochs);
    }

    [Test]
    public void Other_data_mentors_or_optimizers_are_refused()
    {
        TrainHalf();
        using (var data = new TrainingCase(false, true, Checkpoint, new Points(32, 8)))
            FluentActions
                .Invoking(() => data.Trainer.Run())
                .Should()
                .Throw<CheckpointException>()
                .WithMessage("*data.points was 40 and is 32*");
        using (var alone = new TrainingCase(false, false, Checkpoint))
            FluentActions
                .Invoking(() => alone.Trainer.Run())
                .Should()
                .Throw<CheckpointException>()
                .WithMessage("*mentor.wide was * and is absent*");
        using (var adam = new TrainingCase(true, true, Checkpoint))
            FluentActions
                .Invoking(() => adam.Trainer.Run())
                .Should()
                .Throw<CheckpointException>()
                .WithMessage("*optimizer was SgdOptimizer {*} and is AdamWOptimizer {*}*");
        using (var momentum = new TrainingCase(false, true, Checkpoint, momentum: 0.8))
            FluentActions
                .Invoking(() => momentum.Trainer.Run())
                .Should()
                .Throw<CheckpointException>()
                .WithMessage("*optimizer was *\"momentum\":0.9*and is *\"momentum\":0.8*");
        using (var wide = new TrainingCase(false, true, Checkpoint, width: 13))
            FluentActions
                .Invoking(() => wide.Trainer.Run())
                .Should()
                .Throw<CheckpointException>()
                .WithMessage("*student was 9 tensors of 185 numbers (*) and is 9 tensors of 200 numbers (*)*");
        using var changed = new TrainingCase(false, true, Checkpoint);
        using (no_grad())
            changed.MentorWeight.add_(Scalars.One);
        FluentActions.Invoking(() => changed.Trainer.Run()).Should().Throw<CheckpointException>().WithMessage("*mentor.wide was *");
    }

    [Test]
    public void Another_class_map_of_a_mentor_is_refused()
    {
        TrainHalf();
        using var other = new TrainingCase(false, true, Checkpoint, classes: ClassMap.FromIndices([1, 0, -1, 3], 4));
        FluentActions
            .Invoking(() => other.Trainer.Run())
            .Should()
            .Throw<CheckpointException>()
            .WithMessage("*another training: classes.wide was absent and is ?0, 1, 3? of 4 as ?1, 0, 3? of 4.*");
    }

    [Test]
    public void Settings_of_the_optimizer_are_the_new_ones_where_their_difference_was_accepted()
    {
        TrainHalf();
        void Accepted(TrainerOptions options)
        {
            Checkpoint(options);
            options.AcceptedDifferences.UnionWith(["optimizer"]);
        }

        using (var other = new TrainingCase(false, true, Accepted, momentum: 0.8))
        {
            other.Trainer.Run().Epochs.Should().HaveCount(TrainingCase.Epochs);
            var settings = (TorchSharp.Modules.SGD.Options)((SgdOptimizer)other.Optimizer).state_dict().Options[0];
            settings.momentum.Should().Be(0.8);
        }

        using var again = new TrainingCase(false, true, Checkpoint, momentum: 0.8);
        again.Trainer.Run().Epochs.Should().HaveCount(TrainingCase.Epochs, "its checkpoints are of the new settings");
    }

    [Test]
    public void What_does_not_fit_is_named_where_its_difference_was_accepted()
    {
        TrainHalf();
        using var other = new TrainingCase(false, true, options =>
        {
            Checkpoint(options);
            options.AcceptedDifferences.UnionWith(["student"]);
        }, width: 13);
        FluentActions
            .Invoking(() => other.Trainer.Run())
            .Should()
            .Throw<CheckpointException>()
            .WithMessage("*cannot be used: it holds no student.0.weight of shape ?13, 6?.");
    }

    [Test]
    public void The_header_does_not_grow_with_the_epochs()
    {
        int Length(int epochs)
        {
            var path = Path.Combine(folder.Root, $"{epochs}");
            using var training = new TrainingCase(
                false, true, options => (options.Epochs, options.CheckpointFolder, options.LearningRate) = (epochs, path, _ => 0.01));
            training.Trainer.Run();
            var (tensors, text) = CheckpointFile.Read(Directory.GetFiles(path, "step-*").Max()!);
            using (tensors)
                tensors["epochs"].shape[0].Should().BeGreaterThan(500 * epochs);
            return text.Length;
        }

        // Numbers of more digits.
        Length(30).Should().BeLessThan(Length(3) + 20);
    }

    [Test]
    public void What_a_killed_process_left_unfinished_is_removed()
    {
        TrainHalf();
        foreach (var whole in (string[])["step-000000000008.safetensors", "best.safetensors"])
            File.WriteAllBytes(Path.Combine(folder.Root, $"{whole}.0123.tmp"), [1, 2, 3]);
        using var training = new TrainingCase(false, true, Checkpoint);

        training.Trainer.Run();

        Directory.GetFiles(folder.Root).Should().HaveCount(3).And.OnlyContain(file => file.EndsWith(".safetensors"));
    }

    [Test]
    public void Where_a_checkpoint_cannot_be_placed_those_before_stay()
    {
        TrainHalf();
        var before = Steps.Select(File.ReadAllBytes).ToList();
        using var training = new TrainingCase(false, true, Checkpoint);
        // The next checkpoint's place is taken by a folder that cannot be replaced.
        var next = Directory.CreateDirectory(Path.Combine(folder.Root, "step-000000000008.safetensors"));
        File.WriteAllText(Path.Combine(next.FullName, "file"), "");

        FluentActions
            .Invoking(() => training.Trainer.Run())
            .Should()
            .Throw<IOException>()
            .WithMessage($"The checkpoint of step 8 cannot be written into {folder.Root}; those before it are as they were.*");

        next.Delete(recursive: true);
        Steps.Select(File.ReadAllBytes).Should().BeEquivalentTo(before);
        Directory.GetFiles(folder.Root, "*.tmp").Should().BeEmpty();
    }
}
