using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Batch normalisation over <c>[N, C, H, W]</c> with the parameters, buffers and defaults of <c>BatchNorm2d</c>.</summary>
/// <remarks>
/// TorchSharp's own module counts its training steps with an implicit <see cref="Scalar"/>, once per layer and step, which the collector may
/// free while native code reads it; this one does not.
/// </remarks>
internal sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;
    private const double Epsilon = 1e-5;
    private static readonly Scalar OneStep = 1L;

    // Not readonly: moving the module to another device or type replaces them, found by these names.
    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter _bias;
    [ComponentName(Name = "running_mean")] private Tensor _runningMean;
    [ComponentName(Name = "running_var")] private Tensor _runningVariance;
    [ComponentName(Name = "num_batches_tracked")] private Tensor _batchesTracked;

    public BatchNormalization(int channels)
        : base(nameof(BatchNormalization))
    {
        // The module owns them, even when it is built inside somebody's dispose scope.
        _weight = (Parameter)new Parameter(ones(channels)).DetachFromDisposeScope();
        _bias = (Parameter)new Parameter(zeros(channels)).DetachFromDisposeScope();
        _runningMean = zeros(channels).DetachFromDisposeScope();
        _runningVariance = ones(channels).DetachFromDisposeScope();
        _batchesTracked = zeros([], int64).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (training)
            _batchesTracked.add_(OneStep, OneStep);
        return nn.functional.batch_norm(input, _runningMean, _runningVariance, _weight, _bias, training, Momentum, Epsilon);
    }
}
