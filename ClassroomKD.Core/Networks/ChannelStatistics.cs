using TorchSharp.Modules;

namespace ClassroomKD.Networks;

/// <summary>What a batch normalization outside training is made of: ours, or TorchSharp's with running statistics.</summary>
/// <param name="Scale">The scale of each channel; null: 1.</param>
/// <param name="Shift">The shift of each channel; null: 0.</param>
/// <param name="Mean">The running mean of each channel.</param>
/// <param name="Variance">The running variance of each channel.</param>
/// <param name="Epsilon">Added to the variance.</param>
internal readonly record struct ChannelStatistics(Tensor? Scale, Tensor? Shift, Tensor Mean, Tensor Variance, double Epsilon)
{
    /// <summary>The statistics of a layer; null if it is no such normalization.</summary>
    public static ChannelStatistics? Of(nn.Module layer) => layer switch
    {
        BatchNormalization own => new(own.Weight, own.Bias, own.RunningMean, own.RunningVariance, own.Epsilon),
        BatchNorm2d { running_mean: { } mean, running_var: { } variance } theirs =>
            new(theirs.weight, theirs.bias, mean, variance, theirs.eps),
        _ => null,
    };
}
