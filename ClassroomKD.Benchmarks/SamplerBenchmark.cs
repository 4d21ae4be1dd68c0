using ClassroomKD.Imaging;
using BenchmarkDotNet.Attributes;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>How long does it take to draw 10,000 augmented CIFAR images from memory, in batches of 64?</summary>
[MinColumn]
public class SamplerBenchmark
{
    private const int Images = 10_000;
    private ImageDataset data = null!;

    [GlobalSetup]
    public void Generate()
    {
        data = new ImageDataset(randint(0, 256, [Images, 3, 32, 32], ScalarType.Byte), zeros([Images], ScalarType.Int64), ["one"]);
        Console.WriteLine($"// {Images} images; torch threads: {get_num_threads()}");
    }

    [GlobalCleanup]
    public void Release() => data.Dispose();

    /// <summary>Normalized only.</summary>
    [Benchmark(Baseline = true)]
    public void Plain() => Draw();

    /// <summary>The augmentation of the CIFAR literature.</summary>
    [Benchmark]
    public void CropFlip() => Draw(new RandomCropFlip());

    /// <summary>What strong recipes add.</summary>
    [Benchmark]
    public void CropFlipRandAugmentErasing() => Draw(new RandomCropFlip(), new RandAugment(), new RandomErasing());

    private void Draw(params IBatchAugmentation[] augmentations)
    {
        var sampler = new BatchSampler(data, new() { BatchSize = 64 })
        {
            Augmentations = augmentations, Normalization = Normalization.Cifar10,
        };
        foreach (var batch in sampler.Epoch(0))
            GC.KeepAlive(batch);
    }
}
