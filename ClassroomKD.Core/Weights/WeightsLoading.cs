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
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
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
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public static WeightsReport LoadWeights(this nn.Module module, StateDictionary weights, WeightsLoadingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new WeightsLoadingOptions();
        LivingModule.Require(module, "network", module.GetType().Name);
        var targets = module.state_dict();
        var names = new WeightsNames(module, targets, options);
        var sources = Match(weights, names, out var unexpected);

        var missing = targets.Where(target => !sources.ContainsKey(target.Key) && !IsBatchCounter(target.Key))
            .Select(target => WeightsEntry.Of(target.Key, target.Value)).ToArray();
        var mismatched = sources.Where(source => !WeightsNames.Fits(targets[source.Key], weights[source.Value]))
            .Select(
                source => new WeightsMismatch(
                    WeightsEntry.Of(source.Key, targets[source.Key]), WeightsEntry.Of(source.Value, weights[source.Value]))).ToArray();
        foreach (var mismatch in mismatched)
            sources.Remove(mismatch.Expected.Name);
        var report = new WeightsReport([.. sources.Keys], missing, unexpected, mismatched) { LeftOut = weights.LeftOut };
        if (options.Strict && !report.IsComplete)
        {
            report = report with { Loaded = [] };
            throw new WeightsException(
                $"{weights.Source} does not fit the network {module.GetName()}: {names.Advice(weights)}; {report}", report);
        }

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        foreach (var (target, source) in sources)
            targets[target].copy_(weights[source]);
        return report;
    }

    // The file's name for each name of the network that the file has.
    private static Dictionary<string, string> Match(StateDictionary weights, WeightsNames names, out List<WeightsEntry> unexpected)
    {
        var sources = new Dictionary<string, string>();
        unexpected = [];
        foreach (var (name, tensor) in weights)
        {
            if (names.Find(name) is not { } target)
                unexpected.Add(WeightsEntry.Of(name, tensor));
            else if (!sources.TryAdd(target, name))
                throw new WeightsException($"{weights.Source}: '{sources[target]}' and '{name}' both mean '{target}' of the network.");
        }
        return sources;
    }

    private static bool IsBatchCounter(string name) => name == BatchCounter || name.EndsWith("." + BatchCounter, StringComparison.Ordinal);
}
