namespace ClassroomKD.Tests.Core.Training;

/// <summary>What a plugin remembers from step to step is part of a checkpoint.</summary>
public sealed class StatefulPartsTests
{
    [Test]
    public void A_ranker_that_remembers_goes_on_with_the_same_bits([Values] bool wrapped, [Range(1, 14, 4)] int end)
    {
        IMentorRanker Ranker() => wrapped ? new TopKRanker(1, new RunningMean()) : new RunningMean();
        string Train(Action<TrainerOptions>? change, ITrainingData<Tensor>? data = null)
        {
            using var training = new TrainingCase(false, true, change, data, Ranker());
            training.Trainer.Run();
            return training.Weights;
        }

        using var folder = new TemporaryFolder();
        void Checkpoint(TrainerOptions options) => (options.CheckpointFolder, options.CheckpointEvery) = (folder.Root, 1);
        var left = end;
        var dying = new Points(40, 8) { Before = (_, _) => { if (left-- == 0) throw new IOException("killed"); } };
        FluentActions.Invoking(() => Train(Checkpoint, dying)).Should().Throw<IOException>();

        Train(Checkpoint).Should().Be(Train(null));
    }

    /// <summary>Weighs mentors by the running mean of their performance.</summary>
    private sealed class RunningMean : IMentorRanker, IStateful
    {
        private Tensor? mean; // [M, 1]

        public Ranking Rank(in RankingArguments arguments)
        {
            var performances = arguments.Assessment.Performances;
            var mentors = performances.narrow(0, 1, performances.size(0) - 1);
            var now = mentors.mean([1], keepdim: true);
            if (mean is null)
                mean = now.DetachFromDisposeScope();
            else
                mean.mul_(Scalars.Of(0.9)).add_(now, Scalars.Of(0.1));
            return new Ranking { Ranks = performances, Weights = mean.expand_as(mentors).clone() };
        }

        public IReadOnlyDictionary<string, Tensor> SaveState() =>
            mean is null ? new Dictionary<string, Tensor>() : new Dictionary<string, Tensor> { ["mean"] = mean };

        public void RestoreState(IReadOnlyDictionary<string, Tensor> state) =>
            mean = state.TryGetValue("mean", out var saved) ? saved.clone().DetachFromDisposeScope() : null;
    }
}
