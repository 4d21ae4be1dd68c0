using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;

/// <summary>What is learned from, and what is examined with.</summary>
/// <remarks>For CIFAR take <c>CifarReader.Open(folder)</c>, <c>ReadTraining()</c> and <c>ReadTest()</c>; for photographs an
/// <c>ImageLoader</c>.</remarks>
internal sealed record Images(ImageDataset Training, ImageDataset Test, Normalization Normalization) : IDisposable
{
    private const int BatchSize = 64;

    public static Images Generate()
    {
        var (training, test) = (ShapesAndTextures.Generate(count: 3_000, seed: 1), ShapesAndTextures.Generate(count: 1_000, seed: 2));
        return new Images(training, test, training.MeasureNormalization());
    }

    public BatchSampler TrainingBatches(int seed) => new(Training, new() { BatchSize = BatchSize, Seed = seed, DropLast = true })
    {
        Augmentations = [new RandomCropFlip()], Normalization = Normalization,
    };

    public ClassificationExam Exam() => new(
        new BatchSampler(Test, new() { BatchSize = 250, Shuffle = false }) { Normalization = Normalization },
        new() { ClassNames = Test.ClassNames });

    public void Dispose()
    {
        Training.Dispose();
        Test.Dispose();
    }
}
