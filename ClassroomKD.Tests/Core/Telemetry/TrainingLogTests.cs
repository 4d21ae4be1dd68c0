using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Core.Telemetry;

public sealed class TrainingLogTests
{
    private static readonly Dictionary<string, string> Fingerprint = new() { ["seed"] = "5" };

    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    private string File => Path.Combine(folder.Root, "logs", "run.jsonl");

    [Test]
    public void What_is_written_is_read_back()
    {
        var log = new TrainingLog(File) { Name = "in the classroom", Mentors = [new("m", 12, 0.5, 0.9)], GroupNames = ["cat", "dog"] };
        log.Noticed("before the start");
        log.Started(Fingerprint, []);
        log.EpochEnded(Epoch(0));
        log.Noticed("Größe: \"1\"\n2");
        log.EpochEnded(Epoch(1));
        log.Ended(new TrainingResult([], null, StoppedEarly: true));

        var record = TrainingRecord.Read(File);

        record.Name.Should().Be("in the classroom");
        record.Epochs.Should().BeEquivalentTo([Epoch(0), Epoch(1)], options => options.WithStrictOrdering());
        record.Fingerprint.Should().Equal(Fingerprint);
        record.Versions.Keys.Should().Contain(["ClassroomKD", "TorchSharp", "libtorch", ".NET"]);
        record.GroupNames.Should().Equal("cat", "dog");
        record.Mentors.Should().Equal(new MentorFacts("m", 12, 0.5, 0.9));
        record.Notices.Select(notice => notice.Message).Should().Equal("before the start", "Größe: \"1\"\n2");
        (record.Starts.Count, record.Ended, record.StoppedEarly, record.Best!.Epoch).Should().Be((1, true, true, 1));
        System.IO.File.ReadLines(File).Should().HaveCount(6).And.OnlyContain(line => line.StartsWith("{\"event\":"));
    }

    [Test]
    public void Killed_at_any_byte_and_resumed_no_epoch_is_missing_or_doubled()
    {
        var log = new TrainingLog(File);
        log.Started(Fingerprint, []);
        log.EpochEnded(Epoch(0));
        log.EpochEnded(Epoch(1));
        var whole = System.IO.File.ReadAllBytes(File);

        for (var length = 0; length <= whole.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var resumed = new TrainingLog(File);
            resumed.Started(Fingerprint, [Epoch(0), Epoch(1)]);
            resumed.EpochEnded(Epoch(2));

            TrainingRecord.Read(File).Epochs.Select(epoch => epoch.Epoch).Should().Equal([0, 1, 2], $"killed at byte {length}");
        }

        Directory.GetFiles(Path.GetDirectoryName(File)!).Should().ContainSingle();
    }

    [Test]
    public void Epochs_that_the_checkpoint_does_not_know_are_removed_and_written_anew()
    {
        var log = new TrainingLog(File);
        log.Started(Fingerprint, []);
        log.EpochEnded(Epoch(0));
        log.EpochEnded(Epoch(1));
        log = new TrainingLog(File);
        log.Started(Fingerprint, [Epoch(0)]);
        log.EpochEnded(Epoch(1) with { Seconds = 99 });

        var record = TrainingRecord.Read(File);

        record.Epochs.Select(epoch => epoch.Seconds).Should().Equal(1, 99);
        record.Starts.Should().HaveCount(2);
    }

    [Test]
    public void Another_training_that_begins_anew_sets_the_file_aside()
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var log = new TrainingLog(File);
            log.Started(new Dictionary<string, string> { ["seed"] = $"{seed}" }, []);
            log.EpochEnded(Epoch(0));
        }

        ((string[])["run.1.jsonl", "run.2.jsonl", "run.jsonl"]).Select(name =>
            TrainingRecord.Read(Path.Combine(folder.Root, "logs", name)).Fingerprint["seed"])
            .Should().Equal("0", "1", "2");
    }

    [Test]
    public void What_is_no_log_is_refused_with_the_line_named()
    {
        folder.Write("logs/run.jsonl", "{\"event\":\"started\",\"time\":\"2026-01-01T00:00:00Z\",\"version\":1}\nno json\n"u8.ToArray());
        FluentActions.Invoking(() =>
            TrainingRecord.Read(File)).Should().Throw<InvalidDataException>().WithMessage($"{File}, line 2, is no event*");
        FluentActions.Invoking(() => new TrainingLog(File).Started(Fingerprint, [])).Should().Throw<InvalidDataException>();
        folder.Write("logs/run.jsonl", "{\"event\":\"started\",\"time\":\"2026-01-01T00:00:00Z\",\"version\":2}\n"u8.ToArray());
        FluentActions.Invoking(() =>
            TrainingRecord.Read(File)).Should().Throw<InvalidDataException>().WithMessage("*version 2*reads version 1*");
        folder.Write("logs/run.jsonl", []);
        FluentActions.Invoking(() =>
            TrainingRecord.Read(File)).Should().Throw<InvalidDataException>().WithMessage("*no log of a TrainingLog*");
    }

    [Test]
    public void A_training_killed_and_resumed_logs_what_an_uninterrupted_one_does()
    {
        IReadOnlyList<EpochResult> expected;
        using (var whole = new TrainingCase(false, true))
            expected = whole.Trainer.Run().Epochs;
        for (var end = 1; end < 15; end += 3)
        {
            using var checkpoints = new TemporaryFolder();
            if (System.IO.File.Exists(File))
                System.IO.File.Delete(File);
            void Checkpoint(TrainerOptions options) => (options.CheckpointFolder, options.CheckpointEvery) = (checkpoints.Root, 2);
            var left = end;
            var dying = new Points(40, 8) { Before = (_, _) => { if (left-- == 0) throw new IOException("killed"); } };
            using (var training = new TrainingCase(false, true, Checkpoint, dying))
                FluentActions.Invoking(() => Watched(training).Run()).Should().Throw<IOException>();
            using (var training = new TrainingCase(false, true, Checkpoint))
                Watched(training).Run();

            var record = TrainingRecord.Read(File);
            record.Epochs.Should().BeEquivalentTo(expected, options => options.WithStrictOrdering().Excluding(epoch => epoch.Seconds));
            record.Notices.Count(notice => notice.Message.StartsWith("Resumed from", StringComparison.Ordinal))
                .Should().Be(end > 1 ? 1 : 0);
            (record.Starts.Count, record.Ended).Should().Be((2, true));
        }
    }

    [Test]
    public void A_mentor_is_counted_and_timed()
    {
        using var mentor = new Mentor("wide", nn.Linear(6, 4));
        using var batch = randn(8, 6);
        var facts = MentorFacts.Measure(mentor, batch, score: 0.5);

        facts.Should().Be(new MentorFacts("wide", 28, facts.SecondsPerBatch, 0.5));
        facts.SecondsPerBatch.Should().BePositive();
    }

    internal static EpochResult Epoch(int number) => new(
        number, 10 * (number + 1), 0.1 +
            number, 0.05, 1, new ValidationResult(0.1 * number, new Dictionary<string, double> { ["top5"] = 0.9 }),
        new TeachingReport(10, 80, 0.4, 0.5, 0.6, 0,
            [new("m", 0.5, 0.25, 2.5, 0.75, 0.125, 0, 1, 0.2, 0.4, 0.3),
                new("silent", 0, 0, double.NaN, 0.1, 0, 2, 1, double.NaN, double.NaN, 0.9)])
        {
            TaskGradient = 0.3, MentorGradient = 0.1,
            Groups = new("class", [40, 40], [[0.75, 0.25], [0, 0]], [[0.25, 0.125], [double.NaN, double.NaN]]),
        });

    private Trainer Watched(TrainingCase training) =>
        new(training.Student, training.Optimizer, training.Data, training.Classroom!, training.Options)
    {
        Validate = training.Trainer.Validate, Observers = [new TrainingLog(File)],
    };
}
