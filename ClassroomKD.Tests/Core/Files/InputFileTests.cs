using ClassroomKD.Onnx;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Core.Weights;

namespace ClassroomKD.Tests.Core.Files;

/// <summary>What forbids a file to be read is one kind of exception, <see cref="IOException"/>, in every reader.</summary>
public sealed class InputFileTests
{
    private static readonly (string Name, Action<string> Read)[] Readers =
    [
        (nameof(InputFile.Open), path => InputFile.Open(path).Dispose()),
        (nameof(InputFile.ReadAllBytes), path => InputFile.ReadAllBytes(path)),
        (nameof(InputFile.ReadLines), path => InputFile.ReadLines(path).Count()),
        (nameof(WeightsFile), path => WeightsFile.Read(path).Dispose()),
        (nameof(SafetensorsFile), path => SafetensorsFile.Read(path).Dispose()),
        (nameof(PyTorchFile), path => PyTorchFile.Read(path).Dispose()),
        (nameof(ModelCard), path => ModelCard.Read(path)),
        (nameof(OnnxFile), path => OnnxFile.ReadCard(path)),
        (nameof(TrainingRecord), path => TrainingRecord.Read(path)),
        (nameof(CocoKeypoints), path => CocoKeypoints.Load(path)),
        (nameof(CocoDetections), path => CocoDetections.Load(path)),
        (nameof(MatFile), path => MatFile.Read(path)),
    ];

    private static IEnumerable<TestCaseData> Cases =>
        Readers.Select(reader => new TestCaseData(reader.Read).SetArgDisplayNames(reader.Name));

    [TestCaseSource(nameof(Cases))]
    public void A_folder_or_nothing_in_the_place_of_a_file_is_an_IOException(Action<string> read)
    {
        FluentActions.Invoking(() => read(Fixture.Folder)).Should().Throw<IOException>().WithMessage($"'{Fixture.Folder}' is a folder*");
        FluentActions.Invoking(() => read(Fixture.Of("none"))).Should().Throw<IOException>();
    }

    [Test]
    public void Lines_are_read_as_they_are()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "\ufeffone\r\n\ntwo");
        InputFile.ReadLines(path).Should().Equal("one", "", "two");
        File.Delete(path);
    }
}
