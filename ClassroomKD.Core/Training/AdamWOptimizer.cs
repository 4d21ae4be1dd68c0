using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019) that the garbage collector cannot break.</summary>
/// <remarks>
/// It has the update, options, state and learning-rate schedulers of <see cref="AdamW"/>, without AMSGrad and without the temporary scalars
/// of its step (TorchSharp issue 1496). Disposing it disposes its moments, not the parameters.
/// </remarks>
public sealed class AdamWOptimizer : AdamW
{
    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters to optimize; those without a gradient are left alone.</param>
    /// <param name="learningRate">Default 1e-3.</param>
    /// <param name="beta1">The decay of the first moment. Default 0.9.</param>
    /// <param name="beta2">The decay of the second moment. Default 0.999.</param>
    /// <param name="epsilon">Added to the denominator. Default 1e-8.</param>
    /// <param name="weightDecay">Default 0.01.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public AdamWOptimizer(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0.01)
        : base(
            parameters, LearningRates.Require(learningRate), LearningRates.Require(beta1), LearningRates.Require(beta2),
            LearningRates.Require(epsilon), LearningRates.Require(weightDecay))
    {
    }

    /// <summary>An optimizer of groups of parameters, such as <see cref="ParameterGroup.DecayingWeightsOnly"/> makes.</summary>
    /// <param name="groups">The groups; parameters without a gradient are left alone.</param>
    /// <param name="learningRate">Of groups that state none. Default 1e-3.</param>
    /// <param name="beta1">The decay of the first moment. Default 0.9.</param>
    /// <param name="beta2">The decay of the second moment. Default 0.999.</param>
    /// <param name="epsilon">Added to the denominator. Default 1e-8.</param>
    /// <param name="weightDecay">Of groups that state none. Default 0.01.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a parameter is in two groups.</exception>
    public AdamWOptimizer(
        IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double weightDecay = 0.01)
        : base(
            ParameterGroup.Checked(groups, group => new ParamGroup
            {
                Parameters = group.Parameters,
                Options = new Options { LearningRate = group.LearningRate, weight_decay = group.WeightDecay },
            }),
            LearningRates.Require(learningRate), LearningRates.Require(beta1), LearningRates.Require(beta2),
            LearningRates.Require(epsilon), LearningRates.Require(weightDecay))
    {
    }

    /// <summary>Updates the parameters once.</summary>
    /// <param name="closure">Computes the loss anew; usually null.</param>
    /// <returns>The closure's loss, or null without one.</returns>
    /// <exception cref="InvalidOperationException">A group's learning rate or another setting is not finite.</exception>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        using var scalars = new StepScalars();
        return _step<ParamGroup>(
            group =>
            {
                var options = (Options)group.Options;
                double rate = options.LearningRate!.Value, beta1 = options.beta1!.Value, beta2 = options.beta2!.Value;
                var decay = scalars.Of(1 - rate * options.weight_decay!.Value);
                var (keep1, take1) = (scalars.Of(beta1), scalars.Of(1 - beta1));
                var (keep2, take2) = (scalars.Of(beta2), scalars.Of(1 - beta2));
                var epsilon = scalars.Of(options.eps!.Value);
                foreach (var parameter in group.Parameters)
                {
                    if (parameter.grad is not { } gradient)
                        continue;
                    var state = (State)_state[parameter.Handle];
                    state.step += 1;
                    parameter.mul_(decay);
                    state.exp_avg.mul_(keep1).add_(gradient, take1);
                    state.exp_avg_sq.mul_(keep2).addcmul_(gradient, gradient, take2);
                    using var correction = Scalars.Create(Math.Sqrt(1 - Math.Pow(beta2, state.step)));
                    using var step = Scalars.Create(-rate / (1 - Math.Pow(beta1, state.step)));
                    var denominator = state.exp_avg_sq.sqrt().div_(correction).add_(epsilon, Scalars.One);
                    parameter.addcdiv_(state.exp_avg, denominator, step);
                }
            },
            closure);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Arguments that are refused leave the base class unmade; its finalizer would end the process.
        if (_state is not null)
            base.Dispose(disposing);
    }
}
