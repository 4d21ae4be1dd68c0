using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>Rules across properties that the options of both tasks have.</summary>
internal static class PoseTaskRules
{
    public static ValidateOptionsResultBuilder Begin(ValidateOptionsResult attributes, PoseTaskOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(attributes);
        if (options.Sigmas is { } sigmas && (sigmas.Count == 0 || !sigmas.All(sigma => sigma > 0 && double.IsFinite(sigma))))
            result.AddError($"needs a finite spread above 0 for each joint, found [{string.Join(", ", sigmas)}].", nameof(options.Sigmas));
        if (options.JointWeights is { } weights
            && (weights.Count != options.Sigmas?.Count || !weights.All(weight => weight >= 0 && double.IsFinite(weight))))
            result.AddError(
                $"needs {options.Sigmas?.Count} finite weights of at least 0, found [{string.Join(", ", weights)}].",
                nameof(options.JointWeights));
        return result;
    }
}
