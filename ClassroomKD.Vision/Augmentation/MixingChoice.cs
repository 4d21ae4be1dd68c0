using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Draws one of several mixings, or none, for each batch, such as mixup and cutmix in turn.</summary>
public sealed class MixingChoice : ILabelMixing
{
    private readonly ILabelMixing[] choices;

    /// <summary>Creates the choice; each mixing is equally likely.</summary>
    /// <param name="choices">At least one.</param>
    /// <param name="probability">The probability that a batch is mixed, 0 to 1.</param>
    /// <exception cref="ArgumentException">There are no mixings.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not within 0 and 1.</exception>
    public MixingChoice(IReadOnlyList<ILabelMixing> choices, double probability = 1)
    {
        ArgumentNullException.ThrowIfNull(choices);
        if (choices.Count == 0)
            throw new ArgumentException("Expected at least one mixing, found none.", nameof(choices));
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Expected a probability.");
        (this.choices, Probability) = ([.. choices], probability);
    }

    /// <summary>The probability that a batch is mixed.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    public (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor targets, long seed)
    {
        MixingInput.Require(images, targets);
        var random = SplitMix64.Of(seed);
        return random.Unit() < Probability
            ? choices[random.Below(choices.Length)].Apply(images, targets, unchecked((long)random.Next()))
            : (images.alias(), targets.alias());
    }
}
