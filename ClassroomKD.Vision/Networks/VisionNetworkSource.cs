namespace ClassroomKD.Vision;

/// <summary>
/// Networks by name in configuration: <c>"Network": { "Name": "resnet56", "Classes": 100, "Weights": "resnet56.safetensors" }</c>. A
/// classroom takes it by <c>AddModelSource(new VisionNetworkSource())</c>.
/// </summary>
/// <remarks>A student without weights gets random ones, from the global torch generator.</remarks>
public sealed class VisionNetworkSource() : ModelSource<Tensor, VisionNetworkSettings>("Network")
{
    /// <inheritdoc/>
    protected override void Check(VisionNetworkSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        context.RequireOneOf(nameof(settings.Name), settings.Name, VisionNetworks.All.Select(network => network.Name));
        if (settings.Classes is not > 0)
            context.Refuse(nameof(settings.Classes), settings.Classes is { } count
                ? $"is {count} (expected at least 1)" : "is missing (expected the number of classes)");
        context.RequireWeights(nameof(settings.Weights), settings.Weights);
    }

    /// <inheritdoc/>
    protected override nn.IModule<Tensor, Tensor> Create(VisionNetworkSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        return context.LoadWeights(
            VisionNetworks.Create(settings.Name!, settings.Classes!.Value), settings.Weights, settings.Loading);
    }
}

/// <summary>What configuration states of a network.</summary>
public sealed class VisionNetworkSettings
{
    /// <summary>One of the names of <see cref="VisionNetworks.All"/>; case does not matter.</summary>
    public string? Name { get; set; }

    /// <summary>The number of classes that it answers with, at least 1.</summary>
    public int? Classes { get; set; }

    /// <summary>The file of its weights, as <c>LoadWeights</c> takes it, relative to the content root. A mentor needs it.</summary>
    /// <value>Default null: random weights, for a student.</value>
    public string? Weights { get; set; }

    /// <summary>How the names of the weights are matched.</summary>
    /// <value>Default: strictly.</value>
    public WeightsLoadingOptions Loading { get; set; } = new();
}
