namespace ClassroomKD.Networks;

/// <summary>
/// Drops a residual branch for whole samples at random in training. It stands at the end of the branch and multiplies each sample by 0 or
/// by <c>1 / (1 - probability)</c> (Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016).
/// </summary>
/// <remarks>Outside training, and with a probability of 0, the output is the input. Draws from the global torch generator.</remarks>
public sealed class StochasticDepth : nn.Module<Tensor, Tensor>
{
    /// <summary>A layer without parameters.</summary>
    /// <param name="probability">The probability that a sample's branch is dropped, from 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside this range.</exception>
    public StochasticDepth(double probability)
        : base(nameof(StochasticDepth))
    {
        if (!(probability >= 0 && probability < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Expected a probability from 0 to below 1.");
        Probability = probability;
        RegisterComponents();
    }

    /// <summary>The probability that a sample's branch is dropped.</summary>
    public double Probability { get; }

    /// <summary>Keeps or drops each sample.</summary>
    /// <param name="input">The branch <c>[B, ...]</c>; not disposed.</param>
    /// <returns>A tensor of the same shape, in the caller's dispose scope if there is one.</returns>
    public override Tensor forward(Tensor input)
    {
        if (!training || Probability == 0)
            return input.alias();
        var sizes = new long[input.dim()];
        Array.Fill(sizes, 1);
        sizes[0] = input.size(0);
        using var everySample = ones(sizes, input.dtype, input.device);
        using var mask = nn.functional.dropout(everySample, Probability, training: true);
        return input * mask;
    }
}
