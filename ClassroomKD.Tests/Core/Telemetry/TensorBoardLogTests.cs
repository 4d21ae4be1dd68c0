namespace ClassroomKD.Tests.Core.Telemetry;

public sealed class TensorBoardLogTests
{
    private static readonly Dictionary<string, string> Fingerprint = [];

    [Test]
    public void Every_figure_of_an_epoch_is_a_scalar()
    {
        using var folder = new TemporaryFolder();
        var log = new TensorBoardLog(folder.Root);
        log.Started(Fingerprint, []);
        log.EpochEnded(TrainingLogTests.Epoch(0));

        var scalars = Scalars(folder).ToDictionary(scalar => scalar.Tag, scalar => scalar.Value);

        scalars.Should().Contain("loss", 0.1f).And.Contain("learning_rate", 0.05f).And.Contain("score", 0f).And.Contain(
            "validation/top5", 0.9f)
            .And.Contain("task_loss", 0.5f).And.Contain("plain_task_loss", 0.6f)
            .And.Contain("mentor_gradient", 0.1f).And.Contain("taught_share/m", 0.5f).And.Contain(
                "weight/m", 0.25f)
            .And.Contain("temperature/m", 2.5f).And.Contain("mentor_loss/m", 0.125f).And.Contain("taught_share/silent", 0f);
        scalars.Should().NotContainKey("temperature/silent");
        Scalars(folder).Should().OnlyContain(scalar =>
            scalar.Step == 10 && Math.Abs(scalar.Time - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 600);
    }

    [Test]
    public void A_resumed_training_adds_what_is_missing_and_doubles_nothing()
    {
        using var folder = new TemporaryFolder();
        var log = new TensorBoardLog(folder.Root);
        log.Started(Fingerprint, []);
        log.EpochEnded(TrainingLogTests.Epoch(0));
        log = new TensorBoardLog(folder.Root);
        log.Started(Fingerprint, [TrainingLogTests.Epoch(0), TrainingLogTests.Epoch(1)]);
        log.EpochEnded(TrainingLogTests.Epoch(2));

        Scalars(folder).Where(scalar => scalar.Tag == "loss").Select(scalar => scalar.Step).Order().Should().Equal(10, 20, 30);
    }

    [Test]
    public void An_epoch_that_a_kill_cut_off_is_written_anew()
    {
        using var folder = new TemporaryFolder();
        var log = new TensorBoardLog(folder.Root);
        log.EpochEnded(TrainingLogTests.Epoch(0));
        var file = Directory.GetFiles(folder.Root).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^9]);
        log = new TensorBoardLog(folder.Root);
        log.Started(Fingerprint, [TrainingLogTests.Epoch(0)]);

        Scalars(folder).Where(scalar => scalar.Tag == "loss").Should().ContainSingle();
    }

    private static List<(string Tag, float Value, long Step, double Time)> Scalars(TemporaryFolder folder) =>
        [.. Directory.GetFiles(folder.Root).SelectMany(TensorBoardLog.Events).Where(written => written.Summary is not null)
            .SelectMany(written => written.Summary.Value.Select(value => (value.Tag, value.SimpleValue, written.Step, written.WallTime)))];
}
