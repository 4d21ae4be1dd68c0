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
    private const int Repeats = 8;
    private LabeledFiles files = null!;

    /// <summary>What one step takes beside the loading.</summary>
    [Params(0, 15, 30)]
    public int StepMilliseconds { get; set; }

    [GlobalSetup]
    public void Find()
    {
        var root = Environment.GetEnvironmentVariable("CLASSROOMKD_DATA") ?? Path.Combine("..", "shared", "data");
        string[] photographs = [.. Directory.GetFiles(Path.Combine(root, "coco-mini", "train2017"), "*.jpg").Order(StringComparer.Ordinal)];
        string[] paths = [.. Enumerable.Repeat(photographs, Repeats).SelectMany(each => each)];
        files = new LabeledFiles(paths, new int[paths.Length], ["photograph"]);
        Console.WriteLine(
            $"// {paths.Length} photographs in a run; processors: {Environment.ProcessorCount}, torch threads: {get_num_threads()}");
    }

    /// <summary>Each photograph is decoded, cut and resized on the training thread: how a loop without a loader does it.</summary>
    [Benchmark(Baseline = true)]
    public void OnTheTrainingThread() => LoadHere(static (path, fit, random) =>
    {
        using var whole = ImageDecoder.Default.Decode(path);
        return ImageResize.Crop(whole, fit.Draw(whole.Width, whole.Height, ref random), fit.Side, fit.Side);
    });

    /// <summary>The same, but only the part that is cut out is decoded, as the loader does it.</summary>
    [Benchmark]
    public void OnTheTrainingThreadInPart() => LoadHere(static (path, fit, random) =>
    {
        using var image = ImageDecoder.Default.Open(path);
        return fit.Apply(image, ref random);
    });

    /// <summary>The loader with one worker per processor.</summary>
    [Benchmark]
    public void Loader()
    {
        var loader = new ImageLoader(files, new RandomResizedCrop(), new() { BatchSize = BatchSize, Shuffle = false })
        {
            Normalization = Normalization.Cifar10,
        };
        foreach (var (images, _) in loader.Epoch(0))
            Train(images);
    }

    private void LoadHere(Func<string, RandomResizedCrop, SplitMix64, RgbImage> load)
    {
        var fit = new RandomResizedCrop();
        for (var start = 0; start < files.Count; start += BatchSize)
        {
            using var scope = NewDisposeScope();
            var images = new List<RgbImage>();
            for (var i = start; i < Math.Min(start + BatchSize, files.Count); i++)
                images.Add(load(files.Paths[i], fit, new SampleRequest { Seed = 0, Epoch = 0, Index = i }.Random()));
            Train(Normalization.Cifar10.Apply(ImageTensor.Stack(images)));
            images.ForEach(image => image.Dispose());
        }
    }

    private void Train(Tensor images)
    {
        GC.KeepAlive(images);
        if (StepMilliseconds > 0)
            Thread.Sleep(StepMilliseconds);
    }
}
