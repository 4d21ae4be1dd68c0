using ClassroomKD.Imaging;
using ClassroomKD.Vision;
using TorchSharp;

namespace Quickstart;

/// <summary>Images to learn from and images to be examined on, both on the device of the run.</summary>
internal sealed record ImageData(string Name, ImageDataset Training, ImageDataset Test, Normalization Normalization) : IDisposable
{
    public static ImageData Load(string? folder, torch.Device device)
    {
        var (name, training, test) = folder is null
            ? ("generated", ShapesAndTextures.Generate(count: 3_000, seed: 1), ShapesAndTextures.Generate(count: 1_000, seed: 2))
            : Read(CifarReader.Open(folder));
        return new ImageData(name, training.MoveTo(device), test.MoveTo(device), training.MeasureNormalization());
    }

    public void Dispose()
    {
        Training.Dispose();
        Test.Dispose();
    }

    private static (string, ImageDataset, ImageDataset) Read(CifarReader reader) => (reader.Name, reader.ReadTraining(), reader.ReadTest());
}
