using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>The images of a study on its device: augmented views to train on, images to choose by, and images for the last table.</summary>
internal sealed class StudyData : IDisposable
{
    private const int AtOnce = 500;
    private const int TestCount = 2_000;
    private readonly Normalization normalization;

    public StudyData(Grid grid, string? folder, Device device)
    {
        var clock = Stopwatch.StartNew();
        var (training, test) = Read(grid, folder);
        using (training)
        using (test)
        {
            ClassNames = training.ClassNames;
            Identity = $"{IdentityOf(training)} {IdentityOf(test)}";
            normalization = training.MeasureNormalization();
            Count = training.Count - grid.HeldOut;
            using var scope = NewDisposeScope();
            // CIFAR's files are in no order of classes, so the last images are as good as drawn.
            var images = training.Images.narrow(0, 0, Count);
            Labels = training.Labels.narrow(0, 0, Count).to(device).clone().DetachFromDisposeScope();
            Views = [.. Enumerable.Range(0, grid.Views).Select(view =>
                new RandomCropFlip().Apply(images, 1 + view).permute(0, 2, 3, 1).contiguous().to(device).DetachFromDisposeScope())];
            HeldOut = Exam(training.Images.narrow(0, Count, grid.HeldOut), training.Labels.narrow(0, Count, grid.HeldOut), device);
            Test = Exam(test.Images, test.Labels, device);
            Line = new()
            {
                Training = Count,
                HeldOut = grid.HeldOut,
                Test = test.Count,
                Classes = ClassNames.Count,
                Seconds = clock.Elapsed.TotalSeconds,
            };
        }
    }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Tells the images and labels apart.</summary>
    public string Identity { get; }

    /// <summary>What the results say of the data.</summary>
    public DataLine Line { get; }

    /// <summary>The number of images to train on.</summary>
    public int Count { get; }

    /// <summary>uint8 <c>[N, H, W, 3]</c>: in this order convolutions on the CPU are faster.</summary>
    public IReadOnlyList<Tensor> Views { get; }

    public Tensor Labels { get; }

    public (Tensor Images, Tensor Labels) HeldOut { get; }

    public (Tensor Images, Tensor Labels) Test { get; }

    public Device Device => Labels.device;

    public InputScale CreateScale(float[]? mean = null, float[]? deviation = null) => new(
        mean is null || deviation is null ? normalization : new Normalization(mean, deviation), Device);

    /// <summary>What goes along with a student's weights.</summary>
    public ModelCard Card(string network) => new()
    {
        NetworkName = network,
        ClassNames = ClassNames,
        InputSize = ((int)Views[0].size(1), (int)Views[0].size(2)),
        Mean = normalization.Mean,
        StandardDeviation = normalization.StandardDeviation,
    };

    /// <summary>What a network answers to images <c>[N, H, W, 3]</c>, <c>[N, C]</c>, in the caller's dispose scope.</summary>
    public static Tensor Answers(Func<Tensor, Tensor> answer, InputScale scale, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var parts = new List<Tensor>();
        for (var start = 0L; start < images.size(0); start += AtOnce)
        {
            using var inner = NewDisposeScope();
            parts.Add(answer(scale.Apply(images.narrow(0, start, Math.Min(AtOnce, images.size(0) - start)))).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>The share of right answers; waits for the device.</summary>
    public static double Accuracy(Tensor answers, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return answers.argmax(1).eq(labels).mean([0], type: ScalarType.Float64).item<double>();
    }

    /// <summary>Images that no training of the grid has seen: the test images of another folder, or newly generated ones.</summary>
    public static ImageDataset ReadUnseen(Grid grid, string? folder) => grid switch
    {
        { GeneratedPersons: not null } => throw new ArgumentException("Students of poses are not exported, and cannot be examined."),
        { GeneratedImages: not null } => ShapesAndTextures.Generate(TestCount, seed: 3),
        _ => Open(folder).ReadTest(),
    };

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[.. Views, Labels, HeldOut.Images, HeldOut.Labels, Test.Images, Test.Labels])
            tensor.Dispose();
    }

    private static (ImageDataset Training, ImageDataset Test) Read(Grid grid, string? folder)
    {
        if (grid.GeneratedImages is { } count)
            return (ShapesAndTextures.Generate(count, seed: 1), ShapesAndTextures.Generate(TestCount, seed: 2));
        var reader = Open(folder);
        return (reader.ReadTraining(), reader.ReadTest());
    }

    private static string IdentityOf(ImageDataset images) =>
        ((ITrainingData<Tensor>)new BatchSampler(images, new() { BatchSize = 1 })).Fingerprint["samples"];

    private static CifarReader Open(string? folder) =>
        CifarReader.Open(folder ?? throw new ArgumentException("This grid needs --data, a CIFAR folder."));

    private static (Tensor, Tensor) Exam(Tensor images, Tensor labels, Device device) => (
        images.permute(0, 2, 3, 1).contiguous().to(device).DetachFromDisposeScope(), labels.to(device).clone().DetachFromDisposeScope());
}

/// <summary>Turns bytes <c>[B, H, W, 3]</c> into a normalized batch <c>[B, 3, H, W]</c> with tensors that stay on the device.</summary>
internal sealed class InputScale : IDisposable
{
    private readonly Tensor factors;
    private readonly Tensor shifts;

    public InputScale(Normalization normalization, Device device)
    {
        factors = tensor(normalization.StandardDeviation.Select(deviation => 1 / (255 * deviation)).ToArray()).to(device);
        shifts = tensor(normalization.Mean.Zip(normalization.StandardDeviation, (mean, deviation) => mean / deviation).ToArray())
            .to(device);
        factors.DetachFromDisposeScope();
        shifts.DetachFromDisposeScope();
    }

    public Tensor Apply(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        return bytes.to(ScalarType.Float32).mul_(factors).sub_(shifts).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        factors.Dispose();
        shifts.Dispose();
    }
}
