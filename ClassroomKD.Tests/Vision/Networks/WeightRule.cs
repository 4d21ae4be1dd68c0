using System.Text;

namespace ClassroomKD.Tests.Vision.Networks;

/// <summary>
/// Weights and images that any program can make for itself, so that networks can be compared without files of weights: entry i of a tensor
/// is u in [-1, 1), an integer hash of i and of the tensor's name.
/// </summary>
/// <remarks>
/// <c>running_var</c>: 1 + u/2; two dimensions and more: u sqrt(6 / inputs of a filter); <c>.weight</c> of one dimension: 1 + u/2; all
/// others, and Swin's table of biases: u/5. Images: u with the seed 12345.
/// </remarks>
internal static class WeightRule
{
    public static void Fill(nn.Module network)
    {
        using var free = no_grad();
        foreach (var (name, values) in network.state_dict())
        {
            if (!values.is_floating_point())
                continue;
            using var scope = NewDisposeScope();
            var fanIn = values.dim() == 0 ? 1 : values.numel() / values.size(0);
            Func<double, double> rule =
                name.EndsWith("running_var", StringComparison.Ordinal) ? u => 1 + 0.5 * u
                : values.dim() >= 2 && !name.Contains("bias_table") ? u => u * Math.Sqrt(6.0 / fanIn)
                : name.EndsWith(".weight", StringComparison.Ordinal) ? u => 1 + 0.5 * u
                : u => 0.2 * u;
            values.copy_(Values(values.numel(), Seed(name), rule).reshape(values.shape));
        }
    }

    public static Tensor Images(int batch, int height, int width) =>
        Values(batch * 3 * height * width, 12345, u => u).reshape(batch, 3, height, width);

    private static Tensor Values(long count, uint seed, Func<double, double> rule)
    {
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            var x = unchecked((uint)i * 2654435761 + seed);
            x ^= x >> 16;
            x = unchecked(x * 0x7feb352d);
            x ^= x >> 15;
            x = unchecked(x * 0x846ca68b);
            x ^= x >> 16;
            values[i] = (float)rule(x / 2147483648.0 - 1);
        }
        return tensor(values);
    }

    private static uint Seed(string name)
    {
        var hash = 2166136261;
        foreach (var letter in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ letter) * 16777619);
        return hash;
    }
}
