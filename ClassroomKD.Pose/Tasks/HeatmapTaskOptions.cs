using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>The settings of <see cref="HeatmapTask"/>.</summary>
/// <remarks>A configuration names a loss of the package, which then has its default settings: <c>"Loss": "KeypointMse"</c>.</remarks>
public sealed class HeatmapTaskOptions : PoseTaskOptions
{
    /// <summary>
    /// The loss against the truth: <see cref="JointsMseLoss"/>, <see cref="KeypointMseLoss"/>, <see cref="OhkmLoss"/> or one of your own.
    /// By name: <c>JointsMse</c>, <c>KeypointMse</c>, <c>JointsOhkm</c>, <c>KeypointOhkm</c>.
    /// </summary>
    /// <value>Default null: <see cref="JointsMseLoss"/>.</value>
    public IPoseLoss<Tensor>? Loss { get; set; }

    /// <summary>
    /// The loss against each mentor: <see cref="SpatialKlLoss"/>, <see cref="FastPoseDistillation"/> or one of your own. By name:
    /// <c>SpatialKl</c>, <c>FastPose</c>.
    /// </summary>
    /// <value>Default null: <see cref="SpatialKlLoss"/>, computed for all mentors in one pass.</value>
    public IPoseDistillationLoss<Tensor>? Distillation { get; set; }
}

/// <summary>The rules of <see cref="HeatmapTaskOptions"/>.</summary>
internal sealed class HeatmapTaskOptionsValidator : IValidateOptions<HeatmapTaskOptions>
{
    private static readonly HeatmapTaskOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, HeatmapTaskOptions options)
    {
        var result = PoseTaskRules.Begin(Attributes.Validate(name, options), options);
        if (options is { Loss: OhkmLoss ohkm, Sigmas: { } sigmas } && ohkm.Hardest > sigmas.Count)
            result.AddError($"cannot have {ohkm.Hardest} hardest of {sigmas.Count} joints.", nameof(options.Loss));
        return result.Build();
    }
}

[OptionsValidator]
internal sealed partial class HeatmapTaskOptionsAttributes : IValidateOptions<HeatmapTaskOptions>;
