using TorchSharp.Modules;

namespace ClassroomKD.Networks;

/// <summary>A convolution's weights for inference, with the normalization after it multiplied in.</summary>
/// <remarks><c>gamma (w x + b - mean) / s + beta = (gamma w / s) x + (b - mean) gamma / s + beta</c>, s² = variance + epsilon.</remarks>
internal sealed class PreparedConvolution : IDisposable
{
    private readonly Convolution convolution;
    private readonly nn.Module? normalization;
    private readonly (nint, long, ulong)[] versions;
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly long[] dilation;
    private readonly long groups;

    public PreparedConvolution(Convolution convolution, nn.Module? normalization, ScalarType type, bool channelsLast)
    {
        (this.convolution, this.normalization) = (convolution, normalization);
        versions = [.. Sources.Select(TensorVersion.Of)];
        (stride, padding, dilation, groups) = (convolution.stride, convolution.padding!, convolution.dilation, convolution.groups);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor folded = convolution.weight!;
        Tensor? shift = convolution.bias;
        if (Statistics is { } statistics)
        {
            using var epsilon = Scalars.Create(statistics.Epsilon);
            var exact = folded.to_type(ScalarType.Float64);
            var scale = statistics.Variance.to_type(ScalarType.Float64).add(epsilon, Scalars.One).rsqrt();
            if (statistics.Scale is { } gamma)
                scale *= gamma.to_type(ScalarType.Float64);
            var mean = statistics.Mean.to_type(ScalarType.Float64);
            var centered = shift is null ? mean.neg() : shift.to_type(ScalarType.Float64) - mean;
            folded = exact * scale.reshape(-1, 1, 1, 1);
            shift = centered * scale;
            if (statistics.Shift is { } beta)
                shift = shift.add(beta.to_type(ScalarType.Float64), Scalars.One);
        }

        // A copy in any case: a conversion to the same type would return the module's own memory.
        folded = folded.to_type(type).clone();
        weight = Kept(channelsLast ? MemoryOrder.ChannelsLast(folded) : folded);
        bias = shift is null ? null : Kept(shift.to_type(type).clone());
    }

    /// <summary>Whether the module's weights are still those that this was made of.</summary>
    public bool IsCurrent
    {
        get
        {
            var i = 0;
            foreach (var source in Sources)
                if (i == versions.Length || TensorVersion.Of(source) != versions[i++])
                    return false;
            return i == versions.Length;
        }
    }

    private IEnumerable<Tensor> Sources
    {
        get
        {
            yield return convolution.weight!;
            if (convolution.bias is { } ownBias)
                yield return ownBias;
            if (Statistics is not { } statistics)
                yield break;
            if (statistics.Scale is { } scale)
                yield return scale;
            if (statistics.Shift is { } shift)
                yield return shift;
            yield return statistics.Mean;
            yield return statistics.Variance;
        }
    }

    private ChannelStatistics? Statistics => normalization is null ? null : ChannelStatistics.Of(normalization);

    public static bool Serves(Conv2d convolution) => convolution.padding_type is null && convolution.padding_mode == PaddingModes.Zeros;

    public Tensor Run(Tensor x) => nn.functional.conv2d(x, weight, bias, stride, padding, dilation, groups);

    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }

    private static Tensor Kept(Tensor tensor) => tensor.detach().DetachFromDisposeScope();
}
