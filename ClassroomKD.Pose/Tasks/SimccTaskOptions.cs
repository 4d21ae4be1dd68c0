using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>The settings of <see cref="SimccTask"/>.</summary>
/// <remarks>A configuration names a loss of the package, which then has its default settings: <c>"Loss": "KlDiscret"</c>.</remarks>
public sealed class SimccTaskOptions : PoseTaskOptions
{
    /// <summary>The loss against the truth: <see cref="KlDiscretLoss"/> or one of your own. By name: <c>KlDiscret</c>.</summary>
    /// <value>Default null: <see cref="KlDiscretLoss"/>.</value>
    public IPoseLoss<SimccAnswer>? Loss { get; set; }

    /// <summary>The loss against each mentor: <see cref="SpatialKlLoss"/> or one of your own. By name: <c>SpatialKl</c>.</summary>
    /// <value>Default null: <see cref="SpatialKlLoss"/>, computed for all mentors in one pass over x and one over y.</value>
    public IPoseDistillationLoss<SimccAnswer>? Distillation { get; set; }
}

/// <summary>The rules of <see cref="SimccTaskOptions"/>.</summary>
internal sealed class SimccTaskOptionsValidator : IValidateOptions<SimccTaskOptions>
{
    private static readonly SimccTaskOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, SimccTaskOptions options) =>
        PoseTaskRules.Begin(Attributes.Validate(name, options), options).Build();
}

[OptionsValidator]
internal sealed partial class SimccTaskOptionsAttributes : IValidateOptions<SimccTaskOptions>;
