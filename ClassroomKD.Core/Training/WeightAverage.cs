namespace ClassroomKD;

/// <summary>The exponential moving average of a module's parameters and floating-point buffers (Polyak averaging); other buffers are
/// copied.</summary>
/// <remarks>Averages of 16-bit weights are float32: a step moves an average by less than such a type can tell.</remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly List<(string Name, Tensor Live, Tensor Average)> pairs;
    private readonly List<Tensor> own = []; // the module's weights while it has the averages
    private readonly Scalar keep;
    private readonly Scalar take;

    /// <summary>An average that begins with the module's present weights.</summary>
    public WeightAverage(nn.Module module, double decay)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        pairs = [.. module.state_dict().Select(entry => (entry.Key, entry.Value, Begun(entry.Value).DetachFromDisposeScope()))];
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

    /// <summary>Gives the module the averages; a second call gives it its own weights back.</summary>
    public void Swap()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (own.Count > 0)
        {
            for (var i = 0; i < own.Count; i++)
                pairs[i].Live.copy_(own[i]);
            Forget();
            return;
        }

        foreach (var (_, live, average) in pairs)
        {
            own.Add(live.clone().DetachFromDisposeScope());
            live.copy_(average);
        }
    }

    public void Dispose()
    {
        Forget();
        pairs.ForEach(pair => pair.Average.Dispose());
    }

    private static Tensor Begun(Tensor live) =>
        live.detach().to(live.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : live.dtype, copy: true);

    private void Forget()
    {
        own.ForEach(weight => weight.Dispose());
        own.Clear();
    }
}
