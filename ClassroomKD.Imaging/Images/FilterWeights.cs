using System.Buffers;

namespace ClassroomKD.Imaging;

/// <summary>The weights of the source positions for each output position along one axis (Pillow's triangle filter).</summary>
internal readonly struct FilterWeights : IDisposable
{
    /// <summary>Weights are multiples of 2^-22, so that a weighted sum of bytes fits an int.</summary>
    public const int Bits = 22;

    private readonly int[] memory;
    private readonly int taps;
    private readonly int count;

    private FilterWeights(int taps, int count)
    {
        (this.taps, this.count) = (taps, count);
        memory = ArrayPool<int>.Shared.Rent(count * (taps + 2));
    }

    /// <summary>For each output, <see cref="Stride"/> apart, the first source position, the number of weights and the weights.</summary>
    public ReadOnlySpan<int> Table => memory;

    /// <summary>The distance from one output to the next in <see cref="Table"/>.</summary>
    public int Stride => taps + 2;

    /// <summary>The first source position that any output needs, and the one after the last.</summary>
    public (int First, int End) SourceRange => (First(0), First(count - 1) + Of(count - 1).Length);

    /// <summary>The first source position of an output.</summary>
    public int First(int output) => memory[output * Stride];

    /// <summary>The weights of the source positions from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Of(int output) => memory.AsSpan(output * Stride + 2, memory[output * Stride + 1]);

    /// <summary>
    /// The weights for a window of the result of resizing <paramref name="source"/> to <paramref name="target"/> positions.
    /// </summary>
    public static FilterWeights Of(int source, int target, int windowStart, int windowCount)
    {
        var scale = (double)source / target;
        var support = Math.Max(scale, 1);
        var weights = new FilterWeights((int)Math.Ceiling(support) * 2 + 1, windowCount);
        Span<double> exact = weights.taps <= 256 ? stackalloc double[weights.taps] : new double[weights.taps];
        for (var i = 0; i < windowCount; i++)
        {
            var center = (windowStart + i + 0.5) * scale;
            var first = Math.Max((int)(center - support + 0.5), 0);
            var count = Math.Min((int)(center + support + 0.5), source) - first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++)
            {
                exact[tap] = Math.Max(0, 1 - Math.Abs((tap + first - center + 0.5) * (1 / support)));
                sum += exact[tap];
            }
            var row = weights.memory.AsSpan(i * weights.Stride);
            (row[0], row[1]) = (first, count);
            for (var tap = 0; tap < count; tap++)
                row[2 + tap] = (int)(0.5 + exact[tap] * (1 / sum) * (1 << Bits));
        }
        return weights;
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(memory);
}
