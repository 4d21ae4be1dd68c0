using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Stochastic gradient descent with momentum that the garbage collector cannot break.</summary>
/// <remarks>
/// It has the update, options, state and learning-rate schedulers of <see cref="SGD"/>, without the temporary scalars of its step, which a
/// collection on another thread may free while native code reads them (TorchSharp issue 1496). Disposing it disposes its momenta, not the
/// parameters.
/// </remarks>
public sealed class SgdOptimizer : SGD
{
    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">The parameters to optimize; those without a gradient are left alone.</param>
    /// <param name="learningRate">Not negative.</param>
    /// <param name="momentum">Default 0.</param>
    /// <param name="weightDecay">L2 penalty. Default 0.</param>
    /// <param name="nesterov">Default false.</param>
    /// <exception cref="ArgumentException">A value is negative or not finite, or Nesterov is asked for without momentum.</exception>
    public SgdOptimizer(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(
            parameters, LearningRates.Require(learningRate), LearningRates.Require(momentum), 0, LearningRates.Require(weightDecay),
            nesterov)
    {
    }

    /// <summary>An optimizer of groups of parameters, such as <see cref="ParameterGroup.DecayingWeightsOnly"/> makes.</summary>
    /// <param name="groups">The groups; parameters without a gradient are left alone.</param>
    /// <param name="learningRate">Of groups that state none. Not negative.</param>
    /// <param name="momentum">Default 0.</param>
    /// <param name="weightDecay">L2 penalty of groups that state none. Default 0.</param>
    /// <param name="nesterov">Default false.</param>
    /// <exception cref="ArgumentException">A value is negative or not finite, Nesterov is asked for without momentum, or a parameter is in
    /// two groups.</exception>
    public SgdOptimizer(
        IEnumerable<ParameterGroup> groups, double learningRate, double momentum = 0, double weightDecay = 0, bool nesterov = false)
        : base(
            ParameterGroup.Checked(groups, group => new ParamGroup
            {
                Parameters = group.Parameters,
                Options = new Options { LearningRate = group.LearningRate, weight_decay = group.WeightDecay },
            }),
            LearningRates.Require(learningRate), LearningRates.Require(momentum), 0, LearningRates.Require(weightDecay), nesterov)
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
                var options = group.Options;
                var momentum = scalars.Of(options.momentum!.Value);
                var keep = scalars.Of(1 - options.dampening!.Value);
                var decay = scalars.Of(options.weight_decay!.Value);
                var rate = scalars.Of(options.maximize!.Value ? options.LearningRate!.Value : -options.LearningRate!.Value);
                foreach (var parameter in group.Parameters)
                {
                    if (parameter.grad is not { } gradient)
                        continue;
                    if (options.weight_decay != 0)
                        gradient = gradient.add(parameter, decay);
                    if (options.momentum != 0)
                        gradient = WithMomentum((State)_state[parameter.Handle], gradient, momentum, keep, options.nesterov!.Value);
                    parameter.add_(gradient, rate);
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

    private static Tensor WithMomentum(State state, Tensor gradient, Scalar momentum, Scalar keep, bool nesterov)
    {
        if (state.momentum_buffer is null)
            state.momentum_buffer = gradient.clone().DetachFromDisposeScope();
        else
            state.momentum_buffer.mul_(momentum).add_(gradient, keep);
        return nesterov ? gradient.add(state.momentum_buffer, momentum) : state.momentum_buffer;
    }
}
