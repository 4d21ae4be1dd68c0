namespace ClassroomKD.Tests.Core.Training;

/// <summary>A training that is canceled while something in it waits, and goes on to the bits of one that was not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CancellationTests
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource cancel = new();

    [TearDown]
    public void Remove()
    {
        cancel.Dispose();
        folder.Dispose();
    }

    private void Checkpoint(TrainerOptions options) => options.CheckpointFolder = folder.Root;

    private IEnumerable<string?> Steps => Directory.GetFiles(folder.Root, "step-*").Select(Path.GetFileName);

    private void Interrupt()
    {
        cancel.Cancel();
        throw new OperationCanceledException(cancel.Token);
    }

    private void Ended(TrainingCase training) =>
        training.Trainer.Invoking(trainer => trainer.Run(cancel.Token)).Should().Throw<OperationCanceledException>();

    private void GoesOnFrom(string notice)
    {
        using var whole = new TrainingCase(false, true);
        whole.Trainer.Run();
        using var resumed = new TrainingCase(false, true, Checkpoint);
        resumed.Trainer.Run();

        resumed.Notices.All.Should().Contain(notice);
        resumed.Weights.Should().Be(whole.Weights);
    }

    [TestCase(0, 0, "Resumed from step-000000000000.safetensors: epoch 0, batch 0, step 0.")]
    [TestCase(1, 0, "Resumed from step-000000000005.safetensors: epoch 1, batch 0, step 5.")]
    [TestCase(1, 2, "Resumed from step-000000000007.safetensors: epoch 1, batch 2, step 7.")]
    public void While_the_data_waits(int epoch, int batch, string notice)
    {
        var data = new Points(40, 8)
        {
            Before = (e, b) =>
            {
                if ((e, b) == (epoch, batch))
                    Interrupt();
            },
        };
        using (var training = new TrainingCase(false, true, Checkpoint, data))
            Ended(training);

        GoesOnFrom(notice);
    }

    [Test]
    public void While_it_is_validated()
    {
        using (var training = new TrainingCase(false, true, Checkpoint, validating: Interrupt))
            Ended(training);

        GoesOnFrom("Resumed from step-000000000005.safetensors: epoch 0, batch 5, step 5.");
    }

    // The student's running statistics have moved, its weights have not.
    [Test]
    public void Within_a_step_the_checkpoint_before_it_stands()
    {
        using var training = new TrainingCase(
            false, true, options => (options.CheckpointFolder, options.CheckpointEvery) = (folder.Root, 3), ranker: new Last(Interrupt));

        Ended(training);

        Steps.Should().Equal("step-000000000003.safetensors");
    }

    [Test]
    public void What_keeps_the_checkpoint_from_being_written_is_told()
    {
        var data = new Points(40, 8)
        {
            Before = (_, batch) =>
            {
                if (batch != 2)
                    return;
                var place = Directory.CreateDirectory(Path.Combine(folder.Root, "step-000000000002.safetensors"));
                File.WriteAllText(Path.Combine(place.FullName, "file"), "");
                Interrupt();
            },
        };
        using var training = new TrainingCase(false, true, Checkpoint, data);

        training.Trainer.Invoking(trainer => trainer.Run(cancel.Token)).Should().Throw<IOException>()
            .WithMessage("The checkpoint of step 2 cannot be written into *");
    }

    private sealed class Last(Action interrupt) : IMentorRanker
    {
        private readonly KnowledgeFilteringRanker inner = new();
        private int steps;

        public Ranking Rank(in RankingArguments arguments)
        {
            if (++steps == 5)
                interrupt();
            return inner.Rank(arguments);
        }
    }
}
