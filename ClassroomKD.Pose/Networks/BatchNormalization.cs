using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Batch normalisation of <c>[B, C, H, W]</c>, parameters and defaults as in <c>BatchNorm2d</c>.</summary>
/// <remarks>TorchSharp's own counts batches with a temporary scalar in every training step, which the collector can free too early.</remarks>
internal sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private const double Momentum = .1;
    private const double Epsilon = 1e-5;

    // Replaced when the module moves to another device, so not readonly.
    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter _bias;
    [ComponentName(Name = "running_mean")] private Tensor _mean;
    [ComponentName(Name = "running_var")] private Tensor _variance;
    [ComponentName(Name = "num_batches_tracked")] private Tensor _batches;

    public BatchNormalization(int channels) : base(nameof(BatchNormalization))
    {
        _weight = (Parameter)new Parameter(ones(channels)).DetachFromDisposeScope();
        _bias = (Parameter)new Parameter(zeros(channels)).DetachFromDisposeScope();
        _mean = zeros(channels).DetachFromDisposeScope();
        _variance = ones(channels).DetachFromDisposeScope();
        _batches = tensor(0L).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (training)
            _batches.add_(IntegerScalars.One, IntegerScalars.One);
        return nn.functional.batch_norm(input, _mean, _variance, _weight, _bias, training, Momentum, Epsilon);
    }
}
