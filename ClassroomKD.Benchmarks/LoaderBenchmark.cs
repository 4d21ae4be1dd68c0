using BenchmarkDotNet.Attributes;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// How many photographs a second reach a training that waits for an accelerator, with the loader and when its own thread decodes them?
/// Each batch of 16 costs the training <see cref="StepMilliseconds"/> in which its thread waits, as it does for a GPU.
/// </summary>
/// <remarks>Needs real photographs: <c>CLASSROOMKD_DATA</c>, else <c>../shared/data</c>, with <c>coco-mini/train2017</c>.</remarks>
[MinColumn]
public class LoaderBenchmark
{
    private const int BatchSize = 16;
    private const int Repeats = 4;
    private LabelledFiles files = null!;

    /// <summary>What one step takes beside the loading.</summary>
    [Params(0, 30, 60)]
    public int StepMilliseconds { get; set; }

    [GlobalSetup]
    public void Find()
    {
        var root = Environment.GetEnvironmentVariable("CLASSROOMKD_DATA") ?? Path.Combine("..", "shared", "data");
        string[] photographs = [.. Directory.GetFiles(Path.Combine(root, "coco-mini", "train2017"), "*.jpg").Order(StringComparer.Ordinal)];
        string[] paths = [.. Enumerable.Repeat(photographs, Repeats).SelectMany(each => each)];
        files = new LabelledFiles(paths, new int[paths.Length], ["photograph"]);
        Console.WriteLine($"// {paths.Length} photographs in a run; processors: {Environment.ProcessorCount}, torch threads: {get_num_threads()}");
    }

    /// <summary>The same decoder and crop, on the training thread.</summary>
    [Benchmark(Baseline = true)]
    public void OnTheTrainingThread()
    {
        var fit = new RandomResizedCrop();
        for (var start = 0; start < files.Count; start += BatchSize)
        {
            using var scope = NewDisposeScope();
            var images = new List<RgbImage>();
            for (var i = start; i < Math.Min(start + BatchSize, files.Count); i++)
            {
                using var image = ImageDecoder.Default.Decode(files.Paths[i]);
                var random = SplitMix64.Of(1, 0, i);
                images.Add(fit.Apply(image, ref random));
            }
            Train(Normalization.Cifar10.Apply(ImageTensor.Stack(images)));
            images.ForEach(image => image.Dispose());
        }
    }

    /// <summary>The loader with one worker per processor.</summary>
    [Benchmark]
    public void Loader() => Load(ImageDecoder.Default);

    /// <summary>The loader, photographs decoded at half size or less as long as 224 pixels remain.</summary>
    [Benchmark]
    public void LoaderAtReducedSize() => Load(new ImageDecoder(new() { ShortSideAtLeast = 224 }));

    private void Load(ImageDecoder decoder)
    {
        var loader = new ImageLoader(files, new RandomResizedCrop(), BatchSize) { Normalization = Normalization.Cifar10, Decoder = decoder, Shuffle = false };
        foreach (var (images, _) in loader.Epoch(0))
            Train(images);
    }

    private void Train(Tensor images)
    {
        GC.KeepAlive(images);
        if (StepMilliseconds > 0)
            Thread.Sleep(StepMilliseconds);
    }
}
