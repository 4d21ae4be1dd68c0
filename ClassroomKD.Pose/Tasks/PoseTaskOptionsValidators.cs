using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>The rules of <see cref="HeatmapTaskOptions"/>, the same for constructors, dependency injection and configuration.</summary>
internal sealed class HeatmapTaskOptionsValidator : IValidateOptions<HeatmapTaskOptions>
{
    private static readonly HeatmapTaskOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, HeatmapTaskOptions options)
    {
        var result = PoseTaskRules.Begin(Attributes.Validate(name, options), options);
        if (options.Loss is HeatmapLoss.JointsOhkm or HeatmapLoss.KeypointOhkm && options.Sigmas is { } sigmas && options.HardestJoints > sigmas.Count)
            result.AddError($"of {sigmas.Count} joints cannot be {options.HardestJoints}.", nameof(options.HardestJoints));
        return result.Build();
    }
}

/// <summary>The rules of <see cref="SimccTaskOptions"/>.</summary>
internal sealed class SimccTaskOptionsValidator : IValidateOptions<SimccTaskOptions>
{
    private static readonly SimccTaskOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, SimccTaskOptions options) =>
        PoseTaskRules.Begin(Attributes.Validate(name, options), options).Build();
}

[OptionsValidator]
internal sealed partial class HeatmapTaskOptionsAttributes : IValidateOptions<HeatmapTaskOptions>;

[OptionsValidator]
internal sealed partial class SimccTaskOptionsAttributes : IValidateOptions<SimccTaskOptions>;

/// <summary>Rules across properties that both tasks have.</summary>
internal static class PoseTaskRules
{
    public static ValidateOptionsResultBuilder Begin(ValidateOptionsResult attributes, PoseTaskOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(attributes);
        if (options.Sigmas is { } sigmas && (sigmas.Count == 0 || !sigmas.All(sigma => sigma > 0 && double.IsFinite(sigma))))
            result.AddError($"needs a finite spread above 0 for each joint, found [{string.Join(", ", sigmas)}].", nameof(options.Sigmas));
        if (options.JointWeights is { } weights && (weights.Count != options.Sigmas?.Count || !weights.All(weight => weight >= 0 && double.IsFinite(weight))))
            result.AddError($"needs {options.Sigmas?.Count} finite weights of at least 0, found [{string.Join(", ", weights)}].", nameof(options.JointWeights));
        return result;
    }

    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static void ThrowIfInvalid<TOptions>(IValidateOptions<TOptions> validator, TOptions options)
        where TOptions : class
    {
        var result = validator.Validate(Options.DefaultName, options);
        if (result.Failed)
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), result.Failures);
    }
}
