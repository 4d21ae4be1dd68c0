namespace ClassroomKD.Tests.Core.Recording;

/// <summary>
/// A recording that is ended at any moment and begun again, or shared, gives the same files; damaged ones are found and made anew.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordingInterruptionTests
{
    private readonly TemporaryFolder folder = new();
    private readonly LessonsCase lesson = new();

    [TearDown]
    public void Remove()
    {
        folder.Dispose();
        lesson.Dispose();
    }

    private string Whole { get; set; } = null!;

    [SetUp]
    public void RecordWhole()
    {
        Whole = Path.Combine(folder.Root, "whole");
        lesson.Record(Whole);
    }

    private static Dictionary<string, string> Files(string root) => Directory.GetFiles(root, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    [Test]
    public void Ended_before_any_batch_and_begun_again([Range(1, 10)] int batch)
    {
        var part = Path.Combine(folder.Root, "part");
        var left = batch;
        var dying = new AugmentedPoints { Before = (_, _) => { if (left-- == 0) throw new IOException("killed"); } };
        FluentActions.Invoking(() => lesson.Record(part, data: dying)).Should().Throw<IOException>().WithMessage("killed");
        // What a process that was killed while it wrote leaves behind.
        if (Directory.Exists(Path.Combine(part, "mentor-deep")))
            File.WriteAllBytes(
                Path.Combine(part, "mentor-deep", $"variant-0001-batch-0000004.safetensors.{Guid.NewGuid():N}.tmp"), [1, 2, 3]);
        var kept = Files(part).Where(file => file.Key.EndsWith(".safetensors", StringComparison.Ordinal)).ToDictionary();
        kept.Should().BeSubsetOf(Files(Whole));
        if (kept.Count < 12)
            FluentActions.Invoking(() => RecordedLessons.Open(part)).Should().Throw<RecordingException>().WithMessage("*record again*");

        var drawn = 0;
        lesson.Record(part, data: new AugmentedPoints { Before = (_, _) => drawn++ });

        Files(part).Should().BeEquivalentTo(Files(Whole));
        drawn.Should().BeLessThanOrEqualTo(1 + 10, "the first batch, which shows the form of the answers, and those that are missing");
    }

    [Test]
    public void Found_complete_it_draws_no_more_than_one_batch()
    {
        var drawn = 0;
        var progress = new ProgressList();

        lesson.Record(Whole, data: new AugmentedPoints { Before = (_, _) => drawn++ }, progress: progress);

        drawn.Should().Be(1);
        progress.All[^1].Should().Be(new RecordingProgress(10, 10));
        progress.Notices.Should().BeEmpty();
    }

    [Test]
    public void Each_batch_is_answered_once()
    {
        var answered = 0;
        using var network = nn.Linear(6, LessonsCase.Classes);
        using var mentor = new Mentor("counted", input =>
        {
            answered++;
            return network.forward(input);
        });
        var live = LiveTensors.Settled();

        RecordedLessons.Record(Path.Combine(folder.Root, "counted"), [mentor], new AugmentedPoints(), new() { Variants = 2 });

        answered.Should().Be(10);
        LiveTensors.Settled().Should().Be(live);
    }

    [Test]
    public void Shared_out_over_processes([Values(2, 3, 6, 9)] int workers)
    {
        var shared = Path.Combine(folder.Root, "shared");
        for (var worker = workers - 1; worker >= 0; worker--)
            lesson.Record(shared, options => (options.Worker, options.Workers) = (worker, workers));

        Files(shared).Should().BeEquivalentTo(Files(Whole));
    }

    [Test]
    public void Cut_off_at_any_place_a_file_is_refused_and_made_anew()
    {
        var path = Path.Combine(Whole, "mentor-deep", "variant-0000-batch-0000002.safetensors");
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 97)
        {
            File.WriteAllBytes(path, bytes[..length]);
            FluentActions.Invoking(() => RecordedLessons.Open(Whole)).Should().Throw<RecordingException>()
                .WithMessage($"*{Path.GetFileName(path)}*damaged*");
        }

        var progress = new ProgressList();
        lesson.Record(Whole, progress: progress);

        File.ReadAllBytes(path).Should().Equal(bytes);
        progress.Notices.Should().ContainSingle().Which.Should().Contain(Path.GetFileName(path)).And.EndWith("It is made anew.");
    }

    [Test]
    public void One_changed_byte_is_found_when_the_file_is_first_used_and_by_a_recording()
    {
        var path = Path.Combine(Whole, "mentor-deep", "variant-0000-batch-0000002.safetensors");
        var bytes = File.ReadAllBytes(path);
        var data = 8 + (int)BitConverter.ToInt64(bytes);
        foreach (var place in (int[])[data, data + 100, bytes.Length - 1])
        {
            var changed = (byte[])bytes.Clone();
            changed[place] ^= 0x10;
            File.WriteAllBytes(path, changed);
            var lessons = RecordedLessons.Open(Whole);
            FluentActions.Invoking(lessons.Verify).Should().Throw<RecordingException>().WithMessage("*checksum*");
            using var mentor = lessons.CreateMentor("deep");
            FluentActions.Invoking(() => lesson.Train(lessons, [mentor], epochs: 1)).Should().Throw<RecordingException>()
                .WithMessage("*checksum*");
        }

        lesson.Record(Whole);
        File.ReadAllBytes(path).Should().Equal(bytes);
    }

    [Test]
    public void Batches_that_the_data_leaves_out_have_no_answers([Range(0, 4)] int leftOut)
    {
        var data = new AugmentedPoints { LeftOut = leftOut };
        var path = Path.Combine(folder.Root, "gap");
        lesson.Record(path, data: data);
        var lessons = RecordedLessons.Open(path);
        using var mentor = lessons.CreateMentor("deep");

        var answered = 0;
        foreach (var batch in lessons.Replay(data).Epoch(1))
        {
            using var scope = NewDisposeScope();
            mentor.Answer(RecordedLessonsTests.Question(batch)).ShouldBeBitwiseEqual(lesson.Mentors[1].Answer(batch.Input), "answers");
            answered++;
        }

        answered.Should().Be(4);
    }

    [Test]
    public void Cancelled_or_not_writable_what_was_whole_stays()
    {
        var part = Path.Combine(folder.Root, "part");
        using var cancel = new CancellationTokenSource();
        var data = new AugmentedPoints { Before = (epoch, batch) => { if ((epoch, batch) == (0, 3)) cancel.Cancel(); } };
        FluentActions.Invoking(() =>
            RecordedLessons.Record(part, lesson.Mentors, data, new() { Variants = 2, BatchesPerFile = 2 }, null, cancel.Token))
            .Should().Throw<OperationCanceledException>();
        Files(part).Should().HaveCount(2).And.BeSubsetOf(Files(Whole));

        // A folder where the file should be.
        Directory.CreateDirectory(Path.Combine(part, "mentor-deep", "variant-0000-batch-0000002.safetensors"));
        FluentActions.Invoking(() => lesson.Record(part)).Should().Throw<IOException>();
        Directory.Delete(Path.Combine(part, "mentor-deep", "variant-0000-batch-0000002.safetensors"));
        lesson.Record(part);
        Files(part).Should().BeEquivalentTo(Files(Whole));
    }
}
