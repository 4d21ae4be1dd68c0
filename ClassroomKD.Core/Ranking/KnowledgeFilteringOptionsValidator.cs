using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The rules of <see cref="KnowledgeFilteringOptions"/>.</summary>
internal sealed class KnowledgeFilteringOptionsValidator : IValidateOptions<KnowledgeFilteringOptions>
{
    private static readonly KnowledgeFilteringOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, KnowledgeFilteringOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(Attributes.Validate(name, options));
        AddConflicts(result, options, "");
        return result.Build();
    }

    /// <summary>Adds what contradicts each other; attributes cannot say it.</summary>
    public static void AddConflicts(ValidateOptionsResultBuilder result, KnowledgeFilteringOptions options, string path)
    {
        if (!options.Filter && options.RequireCorrect == true)
            result.AddError("needs Filter = true: without filtering every mentor teaches.", path + nameof(options.RequireCorrect));
        if (options.Weighting == RankWeighting.Position && options.RankDecimals is not null)
            result.AddError("rounds shares, but Weighting = Position uses none.", path + nameof(options.RankDecimals));
    }
}

[OptionsValidator]
internal sealed partial class KnowledgeFilteringOptionsAttributes : IValidateOptions<KnowledgeFilteringOptions>;
