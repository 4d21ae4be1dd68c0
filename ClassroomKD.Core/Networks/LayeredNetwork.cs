using TorchSharp.Modules;

namespace ClassroomKD.Networks;

/// <summary>A <c>Sequential</c> as a description: its layers one after the other.</summary>
internal sealed class LayeredNetwork : INetworkDescription
{
    private static readonly string[] OneResult = ["output"];

    private readonly Sequential sequence;

    private LayeredNetwork(Sequential sequence) => this.sequence = sequence;

    public nn.Module Owner => sequence;

    public IReadOnlyList<string> ResultNames => OneResult;

    /// <summary>The description of a module.</summary>
    /// <returns>
    /// Null: the module is no <c>Sequential</c>, has no convolution that would gain from a preparation, or has a part whose samples may not
    /// be answered apart, such as a normalization by the batch.
    /// </returns>
    public static LayeredNetwork? Of(object module) =>
        module is Sequential sequence && sequence.modules().Any(part => part is Conv2d) && AnswersSamplesApart(sequence)
            ? new LayeredNetwork(sequence)
            : null;

    public IReadOnlyList<TValue> DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input) => [ops.Apply(sequence, input)];

    private static bool AnswersSamplesApart(nn.Module module) => module switch
    {
        Sequential sequence => sequence.children().All(AnswersSamplesApart),
        NetworkModule or Conv2d or ConvTranspose2d or Linear or BatchNormalization or LayerNorm or Identity => true,
        MaxPool2d or AvgPool2d or AdaptiveAvgPool2d or AdaptiveMaxPool2d or Upsample or ChannelShuffle => true,
        ReLU or ReLU6 or LeakyReLU or ELU or SiLU or GELU or Hardswish or Hardsigmoid or Sigmoid or Tanh => true,
        Dropout or Dropout2d or StochasticDepth => true,
        BatchNorm2d { running_mean: var mean } => mean is not null,
        Flatten { start_dim: var first } => first > 0,
        _ => false,
    };
}
