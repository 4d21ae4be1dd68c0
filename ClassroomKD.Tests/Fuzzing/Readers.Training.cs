using System.Text;
using ClassroomKD.Reports;
using ClassroomKD.Tests.Core.Recording;
using ClassroomKD.Tests.Core.Telemetry;
using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Fuzzing;

internal static partial class Readers
{
    private static IEnumerable<Reader> Trainings =>
    [
        new("checkpoints", "step-000000000001.safetensors", _ => [Checkpoint(), Sealed(Checkpoint(), IsState)], Resume,
            typeof(CheckpointException))
        {
            Types = [typeof(TrainingPosition), typeof(OptimizerState)], MakesNetworks = true,
        },
        new("logs of trainings", "run.jsonl", _ => [Written(WriteLog)], Report, typeof(InvalidDataException))
        {
            Types = [typeof(TrainingLogFile)],
        },
        new("TensorBoard's events", "events.out.tfevents.1", _ => [Events()], path => _ = TensorBoardLog.Events(path).Count())
        {
            Types = [typeof(TensorBoardLog)],
        },
    ];

    private static IEnumerable<Reader> Recordings =>
    [
        new("recorded lessons", "lessons/mentor-m/variant-0000-batch-0000000.safetensors",
            _ => [Shard(), Sealed(Shard(), _ => true)], Replay, typeof(RecordingException), typeof(MentorException))
        {
            Types = [typeof(MappedShard), typeof(ClassMap)], Subjects = ["lessons was recorded", "Mentor 'm' is"],
        },
    ];

    // What was restored is what counts; no step is done.
    private sealed class Restored : Exception, ITrainingObserver
    {
        void ITrainingObserver.Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs) => throw this;
    }

    private static void Resume(string path)
    {
        using var training = new TrainingCase(false, true, Options(Path.GetDirectoryName(path)!));
        try
        {
            new Trainer(training.Student, training.Optimizer, training.Data, training.Classroom!, training.Options)
            {
                Validate = training.Trainer.Validate, Observers = [new Restored()],
            }.Run();
        }
        catch (Restored)
        {
        }
    }

    // Any weights are weights. TorchSharp itself reads the optimizer's state, behind the checksum.
    private static bool IsState(string name) => name is "classroomkd.training" or "epochs" or "losses"
        || name.StartsWith("tally.", StringComparison.Ordinal);

    private static Action<TrainerOptions> Options(string folder) => options => options.CheckpointFolder = folder;

    public static byte[] Checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var training = new TrainingCase(false, true, Options(folder.Root));
        training.Trainer.Run();
        return File.ReadAllBytes(Directory.GetFiles(folder.Root, "step-*").Max()!);
    }

    public static void WriteLog(string path)
    {
        var log = new TrainingLog(path) { Mentors = [new("m", 12, 0.5, 0.9)], GroupNames = ["cat", "dog"] };
        log.Started(new Dictionary<string, string> { ["seed"] = "5" }, []);
        log.EpochEnded(TrainingLogTests.Epoch(0));
        log.Noticed("as it should be");
        log.EpochEnded(TrainingLogTests.Epoch(1));
        log.Ended(new TrainingResult([], null, StoppedEarly: true));
    }

    private static void Report(string path) => new HtmlReport { Runs = [TrainingRecord.Read(path)] }.ToHtml();

    public static byte[] Events()
    {
        using var folder = new TemporaryFolder();
        var log = new TensorBoardLog(folder.Root);
        log.Started(new Dictionary<string, string>(), []);
        log.EpochEnded(TrainingLogTests.Epoch(0));
        return File.ReadAllBytes(Directory.GetFiles(folder.Root).Single());
    }

    private static readonly AugmentedPoints Lessons = new() { Features = 3 };

    public static byte[] Shard()
    {
        using var folder = new TemporaryFolder();
        using var mentor = new Mentor("m", nn.Linear(3, 12), new MentorOptions { Classes = ClassMap.FromIndices([3, -1, 5, 0], 12) });
        RecordedLessons.Record(folder.Root, [mentor], Lessons, new() { BatchesPerFile = 100, Form = RecordedForm.TopK(3) });
        return File.ReadAllBytes(Directory.GetFiles(Path.Combine(folder.Root, "mentor-m")).Single());
    }

    private static void Replay(string path)
    {
        var lessons = RecordedLessons.Open(Path.GetFullPath(Path.Combine(path, "../..")));
        lessons.Verify();
        using var mentor = lessons.CreateMentor("m");
        using var scope = NewDisposeScope();
        foreach (var batch in lessons.Replay(Lessons).Epoch(0))
            mentor.Answer(RecordedLessonsTests.Question(batch));
    }

    /// <summary>A safetensors file whose checksum fits whatever its texts and tensors become.</summary>
    /// <param name="file">The file.</param>
    /// <param name="damaged">The names of those that are damaged.</param>
    public static Sample Sealed(byte[] file, Func<string, bool> damaged)
    {
        const string Position = "classroomkd.training";
        using var weights = SafetensorsFile.Read(new MemoryStream(file), "whole");
        var isCheckpoint = weights.Metadata.ContainsKey(Position);
        var checksum = isCheckpoint ? "classroomkd.sha256" : RecordingHeader.Checksum;
        string[] keys = [.. weights.Metadata.Keys.Where(key => key != checksum)];
        (string Name, ScalarType Type, long[] Shape)[] forms =
            [.. weights.Select(entry => (entry.Key, entry.Value.dtype, entry.Value.shape))];
        byte[][] whole =
        [
            .. keys.Select(key => Encoding.UTF8.GetBytes(weights.Metadata[key])),
            .. weights.Values.Select(tensor => tensor.bytes.ToArray()),
        ];
        int[] places = [.. keys.Concat(weights.Keys).Index().Where(part => damaged(part.Item)).Select(part => part.Index)];
        return new([.. places.Select(place => whole[place])], parts => Written(path =>
        {
            using var scope = NewDisposeScope();
            byte[][] all = [.. whole];
            for (var i = 0; i < places.Length; i++)
                all[places[i]] = parts[i];
            var texts = keys.Zip(all).ToDictionary(part => part.First, part => Encoding.UTF8.GetString(part.Second));
            var tensors = forms.Zip(all[keys.Length..]).ToDictionary(
                part => part.First.Name, part => Filled(part.First.Type, part.First.Shape, part.Second));
            texts[checksum] = Sha256.OfTensors(tensors, isCheckpoint ? texts[Position] : ShardFile.Canonical(texts));
            SafetensorsFile.Write(path, tensors, texts);
        }));
    }

    // As many rows as there are bytes for.
    private static Tensor Filled(ScalarType type, long[] shape, byte[] bytes)
    {
        var row = TensorBytes.Width(type) * AnswerLayout.Product(shape.AsSpan(Math.Min(1, shape.Length)));
        long[] filled = shape.Length == 0 ? [] : [bytes.Length / row, .. shape[1..]];
        var tensor = zeros(filled, type);
        bytes.AsSpan(0, (int)Math.Min(bytes.Length, tensor.numel() * TensorBytes.Width(type))).CopyTo(tensor.bytes);
        return tensor;
    }
}
