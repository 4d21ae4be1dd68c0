using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>N processes with their parts of every batch train as one process with the whole batch does.</summary>
[TestFixture("Open MPI", 2)]
[TestFixture("Open MPI", 4)]
[TestFixture("MPICH", 2)]
[TestFixture("MPICH", 4)]
public sealed class EqualityTests(string mpi, int processes)
{
    private static readonly Dictionary<string, Outcome> Alone = [];

    private Dictionary<string, Outcome> together = [];

    private static IEnumerable<TestCaseData> Cases => EqualityScenario.Cases.Select(each => new TestCaseData(each.Kind, each.Preset));

    [OneTimeSetUp]
    public void Train()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Root, "outcomes.json");
        var (code, output, errors, _) = new Mpirun(mpi).Run(processes, "equality", file);
        code.Should().Be(0, errors);
        foreach (var rank in Enumerable.Range(0, processes))
            output.Should().Contain($"rank {rank} of {processes}: {rank} of {processes} here, 1 threads");
        together = EqualityScenario.Read(file);
    }

    [TestCaseSource(nameof(Cases))]
    public void In_a_loop_of_ones_own_the_loss_of_every_step_is_the_same(string kind, ClassroomPreset preset)
    {
        var (alone, outcome) = Both($"loop {kind} {preset}", group => EqualityScenario.Loop(group, kind, preset));

        outcome.Losses.Should().HaveCountGreaterThan(8);
        ShouldBeTheSame(outcome, alone);
    }

    [TestCaseSource(nameof(Cases))]
    public void In_the_trainer_losses_weights_report_and_exam_are_the_same(string kind, ClassroomPreset preset)
    {
        var (alone, outcome) = Both($"trainer {kind} {preset}", group => EqualityScenario.Train(group, kind, preset));

        outcome.Losses.Should().HaveCount(EqualityScenario.Epochs);
        ShouldBeTheSame(outcome, alone);
        outcome.Report.Should().Be(alone.Report).And.Contain("taught");
        outcome.Score.Should().Be(alone.Score);
    }

    private (Outcome Alone, Outcome Together) Both(string name, Func<IProcessGroup, Outcome> train)
    {
        lock (Alone)
        {
            if (!Alone.TryGetValue(name, out var alone))
            {
                using var group = ProcessGroup.Create();
                group.Size.Should().Be(1);
                Alone[name] = alone = train(group);
            }

            return (alone, together[name]);
        }
    }

    // Sums in another order: a few roundings of float32 per step.
    private static void ShouldBeTheSame(Outcome found, Outcome expected)
    {
        for (var step = 0; step < expected.Losses.Length; step++)
            found.Losses[step].Should().BeApproximately(expected.Losses[step], 2e-6 * Math.Abs(expected.Losses[step]), "step {0}", step);
        var largest = expected.Weights.Max(Math.Abs);
        found.Weights.Should().HaveSameCount(expected.Weights);
        found.Weights.Zip(expected.Weights, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-6 * largest);
    }
}
