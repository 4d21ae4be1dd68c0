using ClassroomKD.Networks;
using ClassroomKD.Onnx;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Onnx.Export;

/// <summary>A network written as ONNX and read again by onnxruntime, beside the network itself.</summary>
internal static class ExportCase
{
    public static ModelCard Card(int classes, int height, int width, int channels = 3) => new()
    {
        NetworkName = "student",
        ClassNames = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")],
        InputSize = (height, width),
        Mean = [.. Enumerable.Repeat(0.5f, channels)],
        StandardDeviation = [.. Enumerable.Repeat(0.25f, channels)],
    };

    /// <summary>Gives normalizations statistics and scales that are not the identity's, and biases that are not 0.</summary>
    public static T Unsettled<T>(T network)
        where T : nn.Module
    {
        using var scope = NewDisposeScope();
        using var recording = no_grad();
        foreach (var layer in network.modules().OfType<BatchNormalization>())
        {
            layer.Weight.uniform_(0.5, 1.2);
            layer.Bias.uniform_(-0.3, 0.3);
            layer.RunningMean.uniform_(-0.3, 0.3);
            layer.RunningVariance.uniform_(0.5, 1.5);
        }
        foreach (var layer in network.modules().OfType<TorchSharp.Modules.LayerNorm>())
        {
            layer.weight!.uniform_(0.5, 1.5);
            layer.bias!.uniform_(-0.5, 0.5);
        }
        network.eval();
        return network;
    }

    /// <summary>The largest difference of the outputs, against the largest output.</summary>
    public static double Distance(IReadOnlyList<Tensor> actual, IReadOnlyList<Tensor> expected)
    {
        actual.Should().HaveSameCount(expected);
        return actual.Zip(expected).Max(pair =>
        {
            pair.First.shape.Should().Equal(pair.Second.shape);
            var largest = pair.Second.abs().max().Number();
            largest.Should().BeGreaterThan(0);
            return pair.First.sub(pair.Second).abs().max().Number() / largest;
        });
    }

    public static IReadOnlyList<Tensor> Plain(nn.Module network, Tensor input) => network switch
    {
        nn.Module<Tensor, Tensor> module => [module.call(input)],
        nn.Module<Tensor, SimccAnswer> module => Both(module.call(input)),
        _ => throw new ArgumentException(network.GetType().Name),
    };

    /// <summary>How far onnxruntime and the prepared network are from the network, for batches of 1 and 3 through one file.</summary>
    public static (double Onnx, double Prepared) Distances(nn.Module network, int classes, int height, int width)
    {
        using var folder = new TemporaryFolder();
        using var free = no_grad();
        var path = Path.Combine(folder.Root, "network.onnx");
        OnnxFile.Write(path, network, Card(classes, height, width));
        using var file = new OnnxModel<IReadOnlyList<Tensor>>(path, outputs => outputs);
        using var prepared = new PreparedNetwork(((IDescribedModule)network).Network!, null);
        var (onnx, folded) = (0.0, 0.0);
        foreach (var batch in new[] { 1, 3 })
        {
            using var scope = NewDisposeScope();
            var input = randn(batch, 3, height, width);
            var expected = Plain(network, input);
            onnx = Math.Max(onnx, Distance(file.call(input), expected));
            folded = Math.Max(folded, Distance(prepared.Run(input), expected));
        }
        return (onnx, folded);
    }

    private static Tensor[] Both(SimccAnswer answer) => [answer.X, answer.Y];
}
