using ClassroomKD.Imaging;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Draws for each batch which of several mixings it gets, or none: mixup and cutmix in turn, as strong recipes have it.</summary>
public sealed class MixingChoice : ILabelMixing
{
    private readonly ILabelMixing[] choices;

    /// <summary>Prepares the choice; each mixing is equally likely.</summary>
    /// <param name="choices">At least one.</param>
    /// <param name="probability">How likely a batch is to be mixed at all, 0 to 1.</param>
    /// <exception cref="ArgumentException">There is nothing to choose from.</exception>
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

    /// <summary>How likely a batch is to be mixed at all.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    public (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor targets, long seed)
    {
        MixingArguments.Require(images, targets);
        var random = SplitMix64.Of(seed);
        return random.Unit() < Probability
            ? choices[random.Below(choices.Length)].Apply(images, targets, unchecked((long)random.Next()))
            : (images.alias(), targets.alias());
    }
}
