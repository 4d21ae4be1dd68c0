using static TorchSharp.torch;

namespace ExistingLoop;

/// <summary>Stands for the data and models that a trainer already has: points on two arms of a spiral.</summary>
internal static class Data
{
    private const int Batch = 128;

    public static IEnumerable<(Tensor X, Tensor Y)> Loader(int steps, int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < steps; step++)
        {
            var points = new float[2 * Batch];
            var arms = new long[Batch];
            for (var i = 0; i < Batch; i++)
            {
                arms[i] = random.Next(2);
                var radius = 4 * random.NextSingle();
                var angle = 2 * radius + MathF.PI * arms[i];
                points[2 * i] = radius * MathF.Cos(angle) + 0.3f * (random.NextSingle() - 0.5f);
                points[2 * i + 1] = radius * MathF.Sin(angle) + 0.3f * (random.NextSingle() - 0.5f);
            }
            yield return (tensor(points).reshape(Batch, 2), tensor(arms));
        }
    }

    public static TorchSharp.Modules.Sequential Network(int width) =>
        nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2));

    public static double Accuracy(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double right = 0, all = 0;
        foreach (var (x, y) in Loader(16, seed: 99))
        {
            right += network.forward(x).argmax(1).eq(y).sum().item<long>();
            all += y.size(0);
        }
        return right / all;
    }
}
