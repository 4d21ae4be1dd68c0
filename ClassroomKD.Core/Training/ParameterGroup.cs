using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Parameters that an optimizer treats alike, with a learning rate or a weight decay of their own.</summary>
/// <remarks>For <see cref="SgdOptimizer"/> and <see cref="AdamWOptimizer"/>; a checkpoint keeps the groups' settings too.</remarks>
public sealed class ParameterGroup
{
    /// <summary>A group of these parameters.</summary>
    /// <param name="parameters">At least one.</param>
    /// <exception cref="ArgumentException">There is no parameter.</exception>
    public ParameterGroup(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = [.. parameters];
        if (Parameters.Count == 0)
            throw new ArgumentException("A group of at least one parameter was expected, got none.", nameof(parameters));
    }

    /// <summary>The parameters, which the group does not own.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>
    /// The learning rate. Where <see cref="LearningRates.SetLearningRate"/> or a trainer changes the first group's, this group's keeps its
    /// proportion to it.
    /// </summary>
    /// <value>Default null: the optimizer's.</value>
    public double? LearningRate { get; init; }

    /// <summary>The weight decay.</summary>
    /// <value>Default null: the optimizer's.</value>
    public double? WeightDecay { get; init; }

    /// <summary>
    /// The parameters of a module that learn, in two groups: those of two dimensions and more, and the others (biases, and the scales and
    /// shifts of normalizations), which do not decay. He et al., "Bag of tricks for image classification", CVPR 2019, section 3.1.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <returns>One group or two.</returns>
    public static IReadOnlyList<ParameterGroup> DecayingWeightsOnly(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var learning = module.parameters().Where(parameter => parameter.requires_grad).ToLookup(parameter => parameter.dim() > 1);
        List<ParameterGroup> groups = [];
        if (learning[true].Any())
            groups.Add(new ParameterGroup(learning[true]));
        if (learning[false].Any())
            groups.Add(new ParameterGroup(learning[false]) { WeightDecay = 0 });
        return groups;
    }

    /// <summary>The groups in an optimizer's own form.</summary>
    /// <exception cref="ArgumentException">A parameter is in two groups, or a setting is negative or not finite.</exception>
    internal static IEnumerable<TGroup> Checked<TGroup>(IEnumerable<ParameterGroup> groups, Func<ParameterGroup, TGroup> make)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var seen = new HashSet<nint>();
        foreach (var group in groups)
        {
            if (group.Parameters.FirstOrDefault(parameter => !seen.Add(parameter.Handle)) is { } twice)
                throw new ArgumentException(
                    $"A parameter of shape [{string.Join(", ", twice.shape)}] is in two groups; it would be updated twice.",
                    nameof(groups));
            LearningRates.Require(group.LearningRate ?? 0, nameof(LearningRate));
            LearningRates.Require(group.WeightDecay ?? 0, nameof(WeightDecay));
            yield return make(group);
        }
    }
}
