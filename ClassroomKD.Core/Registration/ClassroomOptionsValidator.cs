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
        if (options.Ranking is { } ranking)
        {
            if (!ranking.Filter && ranking.RequireCorrect == true)
                result.AddError("needs Filter = true: without filtering every mentor teaches.", "Ranking.RequireCorrect");
            if (ranking.Weighting == RankWeighting.Position && ranking.RankDecimals is not null)
                result.AddError("rounds shares, but Weighting = Position uses none.", "Ranking.RankDecimals");
        }
        return result.Build();
    }

    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static void ThrowIfInvalid(ClassroomOptions options) => Options.ThrowIfInvalid(new ClassroomOptionsValidator(), options);
}

/// <summary>The rules of <see cref="LogitsTaskOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LogitsTaskOptionsValidator : IValidateOptions<LogitsTaskOptions>
{
    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public static void ThrowIfInvalid(LogitsTaskOptions options) => Options.ThrowIfInvalid(new LogitsTaskOptionsValidator(), options);
}

[OptionsValidator]
internal sealed partial class ClassroomOptionsAttributes : IValidateOptions<ClassroomOptions>;

file static class Options
{
    public static void ThrowIfInvalid<TOptions>(IValidateOptions<TOptions> validator, TOptions options)
        where TOptions : class
    {
        var result = validator.Validate(Microsoft.Extensions.Options.Options.DefaultName, options);
        if (result.Failed)
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(TOptions), result.Failures);
    }
}
