using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using TorchSharp;

namespace PoseSample;

/// <summary>Persons to learn from and to be examined on.</summary>
internal sealed record PoseData(string Name, bool Generated, PersonDataset Training, PersonDataset Test)
{
    public const int Width = 48;
    public const int Height = 64;
    private const int GeneratedForTraining = 2_400;
    private const int GeneratedForTest = 600;

    public static PoseData Load(string? folder) => folder is null
        ? new PoseData(
            "generated", true, ArticulatedFigures.Generate(GeneratedForTraining, seed: 1),
            ArticulatedFigures.Generate(GeneratedForTest, seed: 2))
        : new PoseData(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), false,
            CocoPersons.Open(folder, "train2017", BrokenSamples.Skip), CocoPersons.Open(folder, "val2017", BrokenSamples.Skip));

    public PoseLoader TrainingLoader(int batchSize, long seed, torch.Device device) => new(Training, new()
    {
        // Figures stand upright and whole; photographs get HRNet's augmentation.
        Augmentation = Generated ? new PoseAugmentation { Scale = .2, Rotation = 15, HalfBodyProbability = 0 } : new PoseAugmentation(),
        BatchSize = batchSize, Seed = seed, DropLast = Training.Persons.Count >= batchSize, InputWidth = Width, InputHeight = Height,
        Device = device,
    });

    public PoseLoader TestLoader(torch.Device device) =>
        new(Test, new() { BatchSize = 100, Shuffle = false, InputWidth = Width, InputHeight = Height, Device = device });
}
