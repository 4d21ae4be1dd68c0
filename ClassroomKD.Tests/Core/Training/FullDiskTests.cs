using ClassroomKD.Tests.Core.Recording;

namespace ClassroomKD.Tests.Core.Training;

/// <summary>Trainings and recordings on a disk that is full or read-only: an exact message, and what was there stays.</summary>
public sealed class FullDiskTests
{
    private SmallDisk disk = null!;

    [SetUp]
    public void Mount() => disk = new SmallDisk(256);

    [TearDown]
    public void Unmount() => disk?.Dispose();

    private Dictionary<string, string> Files => Directory.GetFiles(disk.Root, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != "filler")
        .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));

    private TrainingCase Training(int end = int.MaxValue)
    {
        var left = end;
        return new TrainingCase(
            false, true, options => (options.CheckpointFolder, options.CheckpointEvery) = (disk.Root, 1), new Points(40, 8)
            {
                Before = (_, _) =>
                {
                    if (left-- == 0)
                        throw new IOException("killed");
                },
            });
    }

    private static string Uninterrupted()
    {
        using var training = new TrainingCase(false, true);
        training.Trainer.Run();
        return training.Weights;
    }

    private void FailsWith(string reason)
    {
        var before = Files;
        using var training = Training();
        FluentActions.Invoking(() => training.Trainer.Run()).Should().Throw<IOException>()
            .WithMessage($"The checkpoint of step 8 cannot be written into {disk.Root}; those before it are as they were.*{reason}*");
        Files.Should().BeEquivalentTo(before);
    }

    [Test]
    public void A_training_on_a_full_disk_keeps_its_checkpoints_and_goes_on_once_there_is_room([Values(0, 4)] int kilobytes)
    {
        using (var first = Training(end: 7))
            FluentActions.Invoking(() => first.Trainer.Run()).Should().Throw<IOException>().WithMessage("killed");
        disk.Fill(left: kilobytes);

        FailsWith("No space left on device");

        disk.Empty();
        using var last = Training();
        last.Trainer.Run();
        last.Weights.Should().Be(Uninterrupted());
    }

    [Test]
    public void A_training_in_a_read_only_folder_keeps_its_checkpoints_and_goes_on_once_it_may_write()
    {
        using (var first = Training(end: 7))
            FluentActions.Invoking(() => first.Trainer.Run()).Should().Throw<IOException>().WithMessage("killed");
        disk.Lock(true);

        FailsWith("Read-only file system");

        disk.Lock(false);
        using var last = Training();
        last.Trainer.Run();
        last.Weights.Should().Be(Uninterrupted());
    }

    [Test]
    public void A_recording_on_a_full_disk_keeps_its_whole_files_and_goes_on_once_there_is_room([Values] bool locked)
    {
        using var lesson = new LessonsCase();
        using var whole = new TemporaryFolder();
        lesson.Record(whole.Root);
        var part = Path.Combine(disk.Root, "part");
        var drawn = 0;
        void Stop()
        {
            if (locked)
                disk.Lock(true);
            else
                disk.Fill();
        }

        var data = new AugmentedPoints { Before = (_, _) => { if (drawn++ == 5) Stop(); } };
        FluentActions.Invoking(() => lesson.Record(part, data: data)).Should().Throw<IOException>()
            .WithMessage($"'{part}*.safetensors' cannot be written: {(locked ? "Read-only file system" : "No space left on device")}*")
            .Which.Message.Should().NotContain(".tmp");
        if (locked)
            disk.Lock(false);
        else
            disk.Empty();

        Dictionary<string, string> Content(string root) => Directory.GetFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexString(File.ReadAllBytes(path)));
        Content(part).Should().NotBeEmpty().And.BeSubsetOf(Content(whole.Root));
        lesson.Record(part);
        Content(part).Should().BeEquivalentTo(Content(whole.Root));
    }
}
