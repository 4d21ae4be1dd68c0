using ClassroomKD;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Study;

/// <summary>All parameters of a network as one: an optimizer then needs five operations a step in place of five for each of them.</summary>
/// <remarks>For small networks on a GPU these are most of a step. The network's parameters and gradients become views of the flat
/// ones.</remarks>
internal sealed class FlatWeights : IDisposable
{
    private readonly Tensor gradient;

    public FlatWeights(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Parameter[] parts = [.. network.parameters()];
        Values = new Parameter(cat([.. parts.Select(part => part.flatten())]).DetachFromDisposeScope());
        gradient = zeros_like(Values).DetachFromDisposeScope();
        Values.grad = gradient;
        var start = 0L;
        foreach (var part in parts)
        {
            var count = part.numel();
            part.set_(Values.detach().narrow(0, start, count).view(part.shape));
            part.grad = gradient.narrow(0, start, count).view(part.shape);
            start += count;
        }
    }

    public Parameter Values { get; }

    /// <summary>Releases the flat parameter; the network's own views keep the memory.</summary>
    public void Dispose()
    {
        gradient.Dispose();
        Values.Dispose();
    }
}
