using ClassroomKD.Networks;

namespace ClassroomKD.Pose;

/// <summary>
/// Pose networks by name in configuration: <c>"Network": { "Name": "hrnet_w32", "Weights": "hrnet_w32.pth" }</c>. A classroom takes it by
/// <c>AddModelSource(new PoseNetworkSource())</c>, <c>AddMentors&lt;PoseAnswer&gt;(section)</c> and
/// <c>AddStudent&lt;PoseAnswer&gt;(section)</c>.
/// </summary>
/// <remarks>A student without weights gets random ones, from the global torch generator.</remarks>
public sealed class PoseNetworkSource() : ModelSource<PoseAnswer, PoseNetworkSettings>("Network")
{
    private const int SideStep = 32;

    private static readonly Dictionary<string, Func<int, NetworkModule>> OfHeatmaps = new(StringComparer.OrdinalIgnoreCase)
    {
        ["hrnet_w32"] = HrNet.W32,
        ["hrnet_w48"] = HrNet.W48,
        ["simple_baseline_resnet18"] = SimpleBaseline.ResNet18,
        ["simple_baseline_resnet34"] = SimpleBaseline.ResNet34,
        ["simple_baseline_resnet50"] = SimpleBaseline.ResNet50,
        ["simple_baseline_resnet101"] = SimpleBaseline.ResNet101,
        ["simple_baseline_resnet152"] = SimpleBaseline.ResNet152,
        ["simple_baseline_mobilenet_v2"] = SimpleBaseline.MobileNetV2,
    };

    private static readonly Dictionary<string, Func<int, int, int, RtmPose>> OfBins = new(StringComparer.OrdinalIgnoreCase)
    {
        ["rtmpose_t"] = RtmPose.Tiny,
        ["rtmpose_s"] = RtmPose.Small,
        ["rtmpose_m"] = RtmPose.Medium,
        ["rtmpose_l"] = RtmPose.Large,
    };

    private static readonly Dictionary<string, JointMap> Maps = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(JointMap.CocoToMpii)] = JointMap.CocoToMpii,
        [nameof(JointMap.MpiiToCoco)] = JointMap.MpiiToCoco,
    };

    /// <inheritdoc/>
    protected override void Check(PoseNetworkSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        context.RequireOneOf(nameof(settings.Name), settings.Name, OfHeatmaps.Keys.Concat(OfBins.Keys));
        if (settings.JointMap is not null)
            context.RequireOneOf(nameof(settings.JointMap), settings.JointMap, Maps.Keys);
        if (settings.Joints < 1)
            context.Refuse(nameof(settings.Joints), $"is {settings.Joints} (expected at least 1)");
        else if (Map(settings) is { } map && settings.Joints is { } joints && joints != map.From)
            context.Refuse(nameof(settings.Joints), $"is {joints} ({settings.JointMap} maps from {map.From} joints)");
        if (settings.Sigma is { } sigma && !(sigma > 0 && double.IsFinite(sigma)))
            context.Refuse(nameof(settings.Sigma), $"is {sigma} (expected a number of cells above 0)");
        if (settings.Size is { } size && (size.Count != 2 || size.Any(side => side < SideStep || side % SideStep != 0)))
            context.Refuse(nameof(settings.Size), $"is [{string.Join(", ", size)}] (expected height and width, multiples of {SideStep})");
        if (OfBins.ContainsKey(settings.Name ?? ""))
        {
            const string Why = "has no meaning here (the network answers with bins, not with heatmaps)";
            if (settings.Encoding is not null)
                context.Refuse(nameof(settings.Encoding), Why);
            if (settings.Sigma is not null)
                context.Refuse(nameof(settings.Sigma), Why);
        }
        else if (OfHeatmaps.ContainsKey(settings.Name ?? "") && settings.Size is not null)
        {
            context.Refuse(nameof(settings.Size), "has no meaning here (the network takes images of any size)");
        }
        context.RequireWeights(nameof(settings.Weights), settings.Weights);
    }

    /// <inheritdoc/>
    protected override nn.IModule<Tensor, PoseAnswer> Create(PoseNetworkSettings settings, ModelSourceContext context)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(context);
        var map = Map(settings);
        var joints = settings.Joints ?? map?.From ?? JointLayout.Coco.Count;
        var network = OfHeatmaps.TryGetValue(settings.Name!, out var heatmaps)
            ? PoseNetwork.FromHeatmaps(heatmaps(joints), new(settings.Encoding ?? HeatmapEncoding.Msra, settings.Sigma ?? 2), map)
            : Bins(settings, joints, map);
        return context.LoadWeights(network, settings.Weights, settings.Loading);
    }

    private static PoseNetwork Bins(PoseNetworkSettings settings, int joints, JointMap? map)
    {
        var (height, width) = settings.Size is [var h, var w] ? (h, w) : (256, 192);
        // MMPose's configurations: 4.9 and 5.66 at 192x256, 6 and 6.93 at 288x384.
        double Sigma(int side) => Math.Round(Math.Sqrt(side / 8.0), 2);
        return PoseNetwork.FromSimcc(
            OfBins[settings.Name!](joints, width, height), new SimccCodec(width, height, 2, Sigma(width), Sigma(height)), map);
    }

    private static JointMap? Map(PoseNetworkSettings settings) =>
        settings.JointMap is { } name && Maps.TryGetValue(name, out var map) ? map : null;
}

/// <summary>What configuration states of a pose network.</summary>
public sealed class PoseNetworkSettings
{
    /// <summary>
    /// <c>hrnet_w32</c>, <c>hrnet_w48</c>, <c>simple_baseline_</c> with one of <c>resnet18</c> to <c>resnet152</c> or
    /// <c>mobilenet_v2</c>, or <c>rtmpose_t</c>, <c>_s</c>, <c>_m</c> or <c>_l</c>; case does not matter.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>The number of joints that it answers with, at least 1.</summary>
    /// <value>Default null: those that <see cref="JointMap"/> maps from, or COCO's 17.</value>
    public int? Joints { get; set; }

    /// <summary>
    /// Makes the classroom's joints of the network's: <see cref="Pose.JointMap.CocoToMpii"/> or <see cref="Pose.JointMap.MpiiToCoco"/>.
    /// </summary>
    /// <value>Default null: they are the same.</value>
    public string? JointMap { get; set; }

    /// <summary>The convention of its heatmaps.</summary>
    /// <value>Default null: MSRA. A network of bins has none.</value>
    public HeatmapEncoding? Encoding { get; set; }

    /// <summary>The spread of a joint's Gaussian in cells of the heatmap.</summary>
    /// <value>Default null: 2. A network of bins has none.</value>
    public double? Sigma { get; set; }

    /// <summary>Height and width in pixels, multiples of 32, of the images that a network of bins takes.</summary>
    /// <value>Default null: 256 and 192. A network of heatmaps takes images of any size.</value>
    public IReadOnlyList<int>? Size { get; set; }

    /// <summary>The file of its weights, as <c>LoadWeights</c> takes it, relative to the content root. A mentor needs it.</summary>
    /// <value>Default null: random weights, for a student.</value>
    public string? Weights { get; set; }

    /// <summary>How the names of the weights are matched.</summary>
    /// <value>Default: strictly.</value>
    public WeightsLoadingOptions Loading { get; set; } = new();
}
