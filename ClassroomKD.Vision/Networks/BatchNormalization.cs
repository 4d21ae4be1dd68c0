using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Batch normalisation over <c>[N, C, H, W]</c> with the parameters, buffers and defaults of <c>BatchNorm2d</c>.</summary>
/// <remarks>
/// TorchSharp's own module counts its training steps with an implicit <see cref="Scalar"/>, once per layer and step, which the collector
/// may free while native code reads it; this one does not.
/// </remarks>
internal sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private static readonly Scalar One = 1L;

    // Not readonly: moving the module to another device or type replaces them, found by these names.
    private Parameter weight;
    private Parameter bias;
    [ComponentName(Name = "running_mean")] private Tensor runningMean;
    [ComponentName(Name = "running_var")] private Tensor runningVariance;
    [ComponentName(Name = "num_batches_tracked")] private Tensor batchesTracked;

    public BatchNormalization(int channels)
        : base(nameof(BatchNormalization))
    {
        // The module owns them, even when it is built inside somebody's dispose scope.
        weight = (Parameter)new Parameter(ones(channels)).DetachFromDisposeScope();
        bias = (Parameter)new Parameter(zeros(channels)).DetachFromDisposeScope();
        runningMean = zeros(channels).DetachFromDisposeScope();
        runningVariance = ones(channels).DetachFromDisposeScope();
        batchesTracked = zeros([], int64).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (training)
            batchesTracked.add_(One, One);
        return nn.functional.batch_norm(input, runningMean, runningVariance, weight, bias, training, Momentum, Epsilon);
    }
}
