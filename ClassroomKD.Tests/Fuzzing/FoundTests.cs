using System.Text;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>What damaged files found, one of each kind; their checksums fit.</summary>
public sealed class FoundTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("variants", "1", "2147483647", "*lacks 2147483646 of 2147483647 files*")]
    [TestCase("batches.perFile", "100", "1", "*lacks 4 of 5 files*")]
    [TestCase("mentor.classes", "\"StudentIndices\":[", "\"StudentIndices\":null,\"x\":[", "*class map*no indices of classes*")]
    [TestCase("mentor.classes", "\"StudentClasses\":4", "\"StudentClasses\":2147483647", "*class map*2147483647 classes*")]
    [TestCase("answers.0.shape", "12", "65536x65536", "*and a shape, found *65536x65536*")]
    [TestCase("answers.0.shape", "12", "2x6", "*rows of 'answers.0.values', Float32 ?2, 3? each, found Float32 ?38, 1, 3?*")]
    [TestCase("form", "float32", "float16", "*rows of 'answers.0.values', Float16 ?1, 3? each*")]
    [TestCase("mentor", "m", "o", "*variant-0000-batch-0000000.safetensors*mentor 'o'*another folder*")]
    [TestCase("answers.0.indices", "\0", "\u007f", "*places from 0 to 11 in 'answers.0.indices'*")]
    public void Recordings_that_claim_too_much_or_do_not_fit_are_refused(string part, string found, string written, string message) =>
        Refused<RecordingException>("recorded lessons", Readers.Shard(), part, found, written, message);

    [TestCase("classroomkd.training", "\"Epoch\":3", "\"Epoch\":-3", "*a count is negative*")]
    [TestCase("classroomkd.training", "\"BestEpoch\":", "\"BestEpoch\":9", "*the best one, was not validated*")]
    [TestCase("classroomkd.training", "\"Fingerprint\":{", "\"Fingerprint\":null,\"x\":{", "*does not say where the training stands*")]
    [TestCase("epochs", "{\"Epoch\":0", "null\n{\"Epoch\":0", "*does not say what its epochs gave: null*")]
    [TestCase("epochs", "\"Mentors\":[", "\"Mentors\":[null,", "*a mentor has no name*")]
    public void Checkpoints_that_contradict_themselves_are_refused(string part, string found, string written, string message) =>
        Refused<CheckpointException>("checkpoints", Readers.Checkpoint(), part, found, written, message);

    [TestCase("\"mentors\":[", "\"mentors\":[null,", "*line 1*a mentor has no name*")]
    [TestCase("\"groupNames\":[", "\"groupNames\":[null,", "*line 1*a group has no name*")]
    [TestCase("\"seed\":\"5\"", "\"seed\":null", "*line 1*fingerprint*")]
    [TestCase("\"taughtShares\":[[", "\"taughtShares\":[[0.5,", "*line 2*2 mentors and each group*")]
    public void Logs_whose_parts_do_not_fit_are_refused(string found, string written, string message)
    {
        var path = Path.Combine(folder.Root, "run.jsonl");
        Readers.WriteLog(path);
        File.WriteAllText(path, File.ReadAllText(path).Replace(found, written, StringComparison.Ordinal));
        FluentActions.Invoking(() => TrainingRecord.Read(path)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Test]
    public void A_damaged_event_ends_the_file()
    {
        var file = Readers.Events();
        var path = folder.Write("events", file);
        TensorBoardLog.Events(path).Should().NotBeEmpty();
        file[12] = 0xFF;
        folder.Write("events", file);
        TensorBoardLog.Events(path).Should().BeEmpty();
    }

    private void Refused<TException>(string name, byte[] file, string part, string found, string written, string message)
        where TException : Exception
    {
        var reader = Readers.All.Single(reader => reader.Name == name);
        var sample = Readers.Sealed(file, each => each == part);
        var text = Encoding.Latin1.GetString(sample.Parts.Single());
        text.Should().Contain(found);
        var changed = Encoding.Latin1.GetBytes(text.Replace(found, written, StringComparison.Ordinal));
        var path = folder.Write(reader.File, sample.Build([changed]));
        FluentActions.Invoking(() => reader.Read(path)).Should().Throw<TException>().WithMessage(message);
    }
}
