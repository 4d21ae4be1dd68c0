using TorchSharp;
using static TorchSharp.torch;

namespace ExistingLoop;

/// <summary>A trainer as it was. Compare it with After.cs.</summary>
internal static class Before
{
    public static void Train(nn.Module<Tensor, Tensor> net, IEnumerable<(Tensor X, Tensor Y)> loader, optim.Optimizer optimizer)
    {
        foreach (var (x, y) in loader)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(net.forward(x), y);
            loss.backward();
            optimizer.step();
        }
    }
}
