using ClassroomKD.Distributed;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Core.Recording;

namespace ClassroomKD.Tests.Distributed;

/// <summary>What the trainer does with several processes, on threads.</summary>
public sealed class TogetherTests : TensorFixture
{
    private static readonly Lock Making = new();

    [Test]
    public void Checkpoints_resume_with_another_number_of_ranks([Values(1, 2, 3)] int first, [Values(1, 4)] int then)
    {
        using var folder = new TemporaryFolder();
        var expected = Train(1, null, 6);

        Train(first, folder.Root, 6, cancelAfter: 13);
        var resumed = Train(then, folder.Root, 6);

        resumed.Epochs.Should().Equal(expected.Epochs, (a, b) => Math.Abs(a - b) < 1e-5 * Math.Abs(b));
        resumed.Report.Should().Be(expected.Report, "the tally of a checkpoint is that of all ranks");
        resumed.Weights.Zip(expected.Weights, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5);
    }

    [Test]
    public void A_recording_made_by_all_ranks_trains_any_number_of_them()
    {
        using var folder = new TemporaryFolder();
        ThreadGroup.Run(3, group =>
        {
            using var lessons = Made(() => new LessonsCase());
            lessons.Record(folder.Root, options => (options.Worker, options.Workers) = (group.Rank, group.Size));
        });
        double[][] Train(int ranks) => ThreadGroup.Run(ranks, group =>
        {
            var recorded = RecordedLessons.Open(folder.Root);
            var student = Made(() =>
            {
                manual_seed(8);
                return new Student("student", nn.Linear(6, LessonsCase.Classes));
            });
            using (student)
            {
                using var parallel = new DataParallel(group);
                using Mentor<Tensor> wide = recorded.CreateMentor("wide/1"), deep = recorded.CreateMentor("deep");
                using var classroom = new Classroom([wide, deep], new ClassroomOptions { Preset = ClassroomPreset.Batch });
                using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.1);
                var data = recorded.Replay(new AugmentedPoints());
                new Trainer(student, optimizer, data, classroom, new() { Epochs = 3 }) { Parallel = parallel }.Run();
                return student.Module.state_dict().Values.SelectMany(tensor => tensor.Doubles()).ToArray();
            }
        });

        var expected = Train(1)[0];
        foreach (var ranks in (int[])[2, 8])
            Train(ranks)[^1].Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Test]
    public void All_ranks_end_with_the_same_running_statistics_the_mean_of_all()
    {
        var weights = ThreadGroup.Run(2, group =>
        {
            using var school = Made(() => new NormalizedSchool());
            using var parallel = new DataParallel(group);
            school.Train(parallel, new TrainerOptions { Epochs = 2, AverageDecay = 0.5 });
            return school.Weights;
        });

        weights[1].Should().Equal(weights[0]);
    }

    [Test]
    public void Running_statistics_become_their_mean() => ThreadGroup.Run(2, group =>
    {
        using var norm = nn.BatchNorm1d(3);
        norm.running_mean!.fill_(Scalars.Of(group.Rank + 1));

        norm.AverageBuffers(group);

        norm.running_mean!.Doubles().Should().Equal(1.5, 1.5, 1.5);
        norm.num_batches_tracked!.item<long>().Should().Be(0);
    });

    [Test]
    public void Weights_of_rank_0_are_given_to_all_and_another_network_is_named()
    {
        ThreadGroup.Run(2, group =>
        {
            using var network = nn.Linear(2, 3);
            network.weight!.detach().fill_(Scalars.Of(group.Rank));
            network.Synchronize(group);
            network.weight!.Doubles().Should().OnlyContain(value => value == 0);
        });

        var act = () => ThreadGroup.Run(2, group =>
        {
            using var network = nn.Linear(2, 3 + group.Rank);
            network.Synchronize(group);
        });
        act.Should().Throw<AggregateException>().WithInnerException<DistributedException>()
            .WithMessage("*same network*bias is Float32 [4] on rank 1 and Float32 [3] on rank 0*");
    }

    [Test]
    public void Predictions_of_poses_are_those_of_one_process()
    {
        var figures = ArticulatedFigures.Generate(13, seed: 1);
        var options = new PoseLoaderOptions { BatchSize = 4, InputWidth = 48, InputHeight = 64, Workers = 1, Padding = 1.1 };
        using var network = nn.Conv2d(3, 17, 4, stride: 4);
        HeatmapPose Answer(Tensor images) =>
            new(network.call(images), new HeatmapGeometry(48, 64, 12, 16), new HeatmapCodec());
        IReadOnlyList<PosePrediction> expected = PosePredictor.Predict(new PoseLoader(figures, options), Answer);

        var found = ThreadGroup.Run(3, group =>
        {
            using var parallel = new DataParallel(group);
            return PosePredictor.Predict(new PoseLoader(figures, options), Answer, parallel: parallel);
        });

        foreach (var predictions in found)
        {
            predictions.Select(prediction => prediction.Person).Should().Equal(Enumerable.Range(0, 13));
            for (var i = 0; i < 13; i++)
            {
                predictions[i].Score.Should().BeApproximately(expected[i].Score, 1e-5);
                predictions[i].CropArea.Should().Be(expected[i].CropArea);
                predictions[i].Keypoints.Should().Equal(expected[i].Keypoints, (a, b) => Math.Abs(a - b) < 1e-3);
            }
        }
    }

    private static (double[] Epochs, double[] Weights, string Report) Train(int ranks, string? folder, int epochs, int cancelAfter = 0)
    {
        var all = ThreadGroup.Run(ranks, group =>
        {
            using var school = Made(() => Schools.Of("classes", ClassroomPreset.Batch));
            using var parallel = new DataParallel(group);
            using var stop = new CancellationTokenSource();
            var options = new TrainerOptions { Epochs = epochs, CheckpointFolder = folder, AverageDecay = 0.9 };
            try
            {
                // Only rank 0 is told of the steps and asks for the end; all come to it.
                var result = school.Train(ranks == 1 ? null : parallel, options, new Stop(stop, cancelAfter), stop.Token);
                return (
                    result.Epochs.Select(epoch => epoch.Loss).ToArray(), school.Weights,
                    result.Epochs.Count > 2 ? result.Epochs[2].Teaching!.ToString() : "");
            }
            catch (OperationCanceledException) when (cancelAfter > 0)
            {
                return ([], [], "");
            }
        });
        all.Should().OnlyContain(each => each.Item1.SequenceEqual(all[0].Item1));
        return all[0];
    }

    // libtorch's generator is one for all threads.
    private static T Made<T>(Func<T> make)
    {
        lock (Making)
            return make();
    }

    private sealed class Stop(CancellationTokenSource source, int after) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == after)
                source.Cancel();
        }
    }

    private sealed class NormalizedSchool() : ClassSchool(ClassroomPreset.Paper)
    {
        protected override nn.Module<Tensor, Tensor> NewNetwork() =>
            nn.Sequential(nn.Linear(6, 16), new ClassroomKD.Networks.BatchNormalization(16), nn.ReLU(), nn.Linear(16, 12));
    }
}
