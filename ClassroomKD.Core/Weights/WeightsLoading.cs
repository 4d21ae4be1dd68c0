namespace ClassroomKD;

/// <summary>Loads weights into networks by name.</summary>
public static class WeightsLoading
{
    private const string BatchCounter = "num_batches_tracked";

    /// <summary>Loads a file into a network.</summary>
    /// <param name="module">The network, whose parameters and buffers are overwritten in place, on their device and in their type.</param>
    /// <param name="path">A safetensors or PyTorch file.</param>
    /// <param name="options">How names are matched. Default <c>null</c>: strictly, without the prefix <c>module.</c>.</param>
    /// <returns>What was loaded and, unless strict, what did not fit.</returns>
    /// <exception cref="WeightsException">
    /// The file is damaged or refused; or, if strict, something is missing, unexpected or of another shape or kind
    /// (<see cref="WeightsException.Report"/> lists all). The network is then unchanged.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static WeightsReport LoadWeights(this nn.Module module, string path, WeightsLoadingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var weights = WeightsFile.Read(path, options?.Entry);
        return module.LoadWeights(weights, options);
    }

    /// <summary>Loads tensors into a network.</summary>
    /// <param name="module">The network, whose parameters and buffers are overwritten in place, on their device and in their type.</param>
    /// <param name="weights">The tensors; not disposed. Floating types are converted to the parameter's.</param>
    /// <param name="options">How names are matched, but for the entry. Default <c>null</c>: strictly.</param>
    /// <returns>What was loaded and, unless strict, what did not fit.</returns>
    /// <exception cref="WeightsException">
    /// Something is missing, unexpected or of another shape or kind, if strict; or two names of the file match the same name of the
    /// network. The network is then unchanged.
    /// </exception>
    public static WeightsReport LoadWeights(this nn.Module module, StateDictionary weights, WeightsLoadingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new WeightsLoadingOptions();
        var targets = module.state_dict();
        var sources = Match(weights, targets, options.Prefixes, out var unexpected);

        var missing = targets.Where(target => !sources.ContainsKey(target.Key) && !IsBatchCounter(target.Key))
            .Select(target => WeightsEntry.Of(target.Key, target.Value)).ToArray();
        var mismatched = sources.Where(source => !Fits(targets[source.Key], weights[source.Value]))
            .Select(
                source => new WeightsMismatch(
                    WeightsEntry.Of(source.Key, targets[source.Key]), WeightsEntry.Of(source.Value, weights[source.Value]))).ToArray();
        foreach (var mismatch in mismatched)
            sources.Remove(mismatch.Expected.Name);
        var report = new WeightsReport([.. sources.Keys], missing, unexpected, mismatched);
        if (options.Strict && !report.IsComplete)
        {
            report = report with { Loaded = [] };
            throw new WeightsException($"{weights.Source} does not fit the network {module.GetName()}: {report}", report);
        }

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        foreach (var (target, source) in sources)
            targets[target].copy_(weights[source]);
        return report;
    }

    // The file's name for each name of the network that the file has.
    private static Dictionary<string, string> Match(
        StateDictionary weights, Dictionary<string, Tensor> targets, IList<string> prefixes, out List<WeightsEntry> unexpected)
    {
        if (prefixes.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"{nameof(WeightsLoadingOptions.Prefixes)} must not hold an empty one.");
        var sources = new Dictionary<string, string>();
        unexpected = [];
        foreach (var (name, tensor) in weights)
        {
            var target = name;
            while (target is not null && !targets.ContainsKey(target))
                target = prefixes.FirstOrDefault(prefix => target.StartsWith(prefix, StringComparison.Ordinal)) is { } first
                    ? target[first.Length..]
                    : null;
            if (target is null)
                unexpected.Add(WeightsEntry.Of(name, tensor));
            else if (!sources.TryAdd(target, name))
                throw new WeightsException($"{weights.Source}: '{sources[target]}' and '{name}' both mean '{target}' of the network.");
        }
        return sources;
    }

    private static bool IsBatchCounter(string name) => name == BatchCounter || name.EndsWith("." + BatchCounter, StringComparison.Ordinal);

    private static bool Fits(Tensor target, Tensor source) =>
        Kind(target.dtype) == Kind(source.dtype) && target.shape.AsSpan().SequenceEqual(source.shape);

    private static int Kind(ScalarType type) => type switch
    {
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64 => 0,
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => 1,
        _ => 2 + (int)type,
    };
}
