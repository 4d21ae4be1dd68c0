namespace ClassroomKD;

/// <summary>The exponential moving average of a module's parameters and floating-point buffers (Polyak averaging); other buffers are
/// copied.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly List<(string Name, Tensor Live, Tensor Average)> pairs;
    private readonly Scalar keep;
    private readonly Scalar take;

    /// <summary>An average that begins with the module's present weights.</summary>
    public WeightAverage(nn.Module module, double decay)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        pairs = [.. module.state_dict().Select(entry => (entry.Key, entry.Value, entry.Value.detach().clone().DetachFromDisposeScope()))];
        (keep, take) = (Scalars.Of(decay), Scalars.Of(1 - decay));
    }

    /// <summary>The averages by the names of the module's weights; they stay this object's.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Weights => pairs.Select(pair => KeyValuePair.Create(pair.Name, pair.Average));

    /// <summary>Moves the average after a step.</summary>
    public void Update()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, live, average) in pairs)
        {
            if (live.is_floating_point())
                average.mul_(keep).add_(live, take);
            else
                average.copy_(live);
        }
    }

    /// <summary>Exchanges the module's weights and the averages; a second call undoes the first.</summary>
    public void Swap()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, live, average) in pairs)
        {
            var copy = live.clone();
            live.copy_(average);
            average.copy_(copy);
        }
    }

    public void Dispose() => pairs.ForEach(pair => pair.Average.Dispose());
}
