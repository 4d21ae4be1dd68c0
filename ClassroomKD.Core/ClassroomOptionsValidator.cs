using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The rules of <see cref="ClassroomOptions"/>, the same for constructors, dependency injection and configuration.</summary>
internal sealed class ClassroomOptionsValidator : IValidateOptions<ClassroomOptions>
{
    private static readonly ClassroomOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, ClassroomOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(Attributes.Validate(name, options));
        if (options.Granularity is { } granularity && !Enum.IsDefined(granularity))
            result.AddError($"'{granularity}' is no granularity.", nameof(options.Granularity));
        if (options.TaskCoefficient is { } coefficient && !Enum.IsDefined(coefficient))
            result.AddError($"'{coefficient}' is no coefficient.", nameof(options.TaskCoefficient));
        if (options.TaskCoefficient is not null && options.ConstantTaskCoefficient is not null)
            result.AddError("contradicts TaskCoefficient: set one of them.", nameof(options.ConstantTaskCoefficient));
        if (options.Ranking is { } ranking)
            KnowledgeFilteringOptionsValidator.AddConflicts(result, ranking, $"{nameof(options.Ranking)}.");
        return result.Build();
    }
}

[OptionsValidator]
internal sealed partial class ClassroomOptionsAttributes : IValidateOptions<ClassroomOptions>;
