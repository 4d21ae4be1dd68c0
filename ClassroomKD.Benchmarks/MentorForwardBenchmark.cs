using BenchmarkDotNet.Attributes;
using ClassroomKD.Networks;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// What do the answers of the paper's class (a teacher and five peers) to a batch of 64 CIFAR images cost, and what does each measure save?
/// </summary>
[MemoryDiagnoser, MinColumn]
public class MentorForwardBenchmark
{
    private static readonly string[] Names = ["resnet56", "resnet20", "resnet14", "resnet8", "cifar_shufflenet_v1", "cifar_shufflenet_v2"];

    private Tensor images = null!;
    private NetworkModule[] networks = null!;
    private PreparedNetwork[] prepared = null!;
    private PreparedNetwork[] inHalf = null!;
    private InferenceOperations folded = null!;
    private InferenceOperations foldedChannelsLast = null!;

    [GlobalSetup]
    public void Make()
    {
        manual_seed(1);
        images = randn(64, 3, 32, 32).to(BenchmarkDevice.Current);
        networks = [.. Names.Select(name => VisionNetworks.Create(name, 100).to(BenchmarkDevice.Current))];
        foreach (var network in networks)
            network.eval();
        prepared = [.. networks.Select(network => new PreparedNetwork(network, null))];
        inHalf = [.. networks.Select(network => new PreparedNetwork(network, ScalarType.BFloat16))];
        folded = new InferenceOperations(ScalarType.Float32, channelsLast: false);
        foldedChannelsLast = new InferenceOperations(ScalarType.Float32, channelsLast: true);
        Console.WriteLine($"// torch threads: {get_num_threads()}");
        CheckThatAnswersAgree();
    }

    [Benchmark(Baseline = true)]
    public void PlainEvaluation() => Ask(m => networks[m].call(images));

    [Benchmark]
    public void PlainChannelsLast() => Ask(m => networks[m].call(MemoryOrder.ChannelsLast(images)));

    [Benchmark]
    public void PlainInferenceMode()
    {
        using var mode = inference_mode();
        Ask(m => networks[m].call(images));
    }

    [Benchmark]
    public void Folded() => Ask(m => folded.Run(networks[m], images));

    [Benchmark]
    public void FoldedChannelsLast() => Ask(m => foldedChannelsLast.Run(networks[m], images));

    /// <summary>What a mentor does by default: folded, channels last, the batch in parts.</summary>
    [Benchmark]
    public void Prepared() => Ask(m => prepared[m].Run(images));

    [Benchmark]
    public void PreparedBFloat16() => Ask(m => inHalf[m].Run(images));

    private static void Ask(Action<int> mentor)
    {
        using var gradient = no_grad();
        for (var m = 0; m < Names.Length; m++)
        {
            using var scope = NewDisposeScope();
            mentor(m);
        }

        BenchmarkDevice.Finish();
    }

    // On a GPU cuDNN computes convolutions in TF32, with ten bits of mantissa. That is what is timed, but it would hide what preparing
    // does.
    private void CheckThatAnswersAgree()
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        var onGpu = BenchmarkDevice.Current.type == DeviceType.CUDA;
        var reduced = onGpu && backends.cudnn.allow_tf32;
        if (onGpu)
            backends.cudnn.allow_tf32 = false;
        for (var m = 0; m < networks.Length; m++)
        {
            var plain = networks[m].call(images);
            var error = (prepared[m].Run(images)[0] - plain).abs().max().ToDouble() / plain.abs().max().ToDouble();
            var half = (inHalf[m].Run(images)[0] - plain).abs().max().ToDouble() / plain.abs().max().ToDouble();
            Console.WriteLine($"// {Names[m]}: prepared within {error:E1} of the largest logit, bfloat16 within {half:E1}");
            if (!(error < 1e-5))
                throw new InvalidOperationException($"{Names[m]}: the prepared answer differs by {error:E1} of the largest logit.");
        }

        if (onGpu)
            backends.cudnn.allow_tf32 = reduced;
    }
}
