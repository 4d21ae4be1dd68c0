using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Networks;

/// <summary>Batch normalization over <c>[B, C, H, W]</c> with the parameters, buffers and defaults of <c>BatchNorm2d</c>.</summary>
/// <remarks>
/// Ioffe and Szegedy, ICML 2015. TorchSharp's own module counts training steps with a temporary <see cref="Scalar"/>, which the garbage
/// collector may free while native code reads it.
/// </remarks>
public sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private static readonly Scalar OneStep = Scalars.OfInteger(1);

    // Not readonly: moving the module to another device or type replaces them, found by these names.
    private Parameter weight;
    private Parameter bias;
    [ComponentName(Name = "running_mean")] private Tensor runningMean;
    [ComponentName(Name = "running_var")] private Tensor runningVariance;
    [ComponentName(Name = "num_batches_tracked")] private Tensor batchesTracked;

    /// <summary>A layer that starts as the identity, with running statistics of mean 0 and variance 1.</summary>
    /// <param name="channels">The number of channels C.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-5.</param>
    /// <param name="momentum">The weight of a batch in the running statistics. Default 0.1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    public BatchNormalization(int channels, double epsilon = 1e-5, double momentum = 0.1)
        : base(nameof(BatchNormalization))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (Epsilon, Momentum) = (epsilon, momentum);

        // The module owns them, even when it is built inside somebody's dispose scope.
        weight = (Parameter)new Parameter(ones(channels)).DetachFromDisposeScope();
        bias = (Parameter)new Parameter(zeros(channels)).DetachFromDisposeScope();
        runningMean = zeros(channels).DetachFromDisposeScope();
        runningVariance = ones(channels).DetachFromDisposeScope();
        batchesTracked = zeros([], int64).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>The weight of a batch in the running statistics.</summary>
    public double Momentum { get; }

    /// <summary>The scale <c>[C]</c>; owned by the layer.</summary>
    public Parameter Weight => weight;

    /// <summary>The shift <c>[C]</c>; owned by the layer.</summary>
    public Parameter Bias => bias;

    /// <summary>The mean of each channel over the training so far <c>[C]</c>; owned by the layer.</summary>
    public Tensor RunningMean => runningMean;

    /// <summary>The variance of each channel over the training so far <c>[C]</c>; owned by the layer.</summary>
    public Tensor RunningVariance => runningVariance;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (training)
            batchesTracked.add_(OneStep, OneStep);
        return nn.functional.batch_norm(input, runningMean, runningVariance, weight, bias, training, Momentum, Epsilon);
    }
}
