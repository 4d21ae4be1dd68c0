using ClassroomKD;
using Microsoft.Extensions.Options;

namespace CustomRanker;

/// <summary>The settings of <see cref="MarginRanker"/>.</summary>
public sealed class MarginRankerOptions
{
    /// <summary>By how much a mentor's performance must exceed the student's for it to teach a sample, in [0, 1].</summary>
    /// <value>Default 0.1.</value>
    [InRange(0.0, 1.0)]
    public double Margin { get; set; } = 0.1;
}

/// <summary>The rules of <see cref="MarginRankerOptions"/>, generated from its attributes.</summary>
[OptionsValidator]
public sealed partial class MarginRankerOptionsValidator : IValidateOptions<MarginRankerOptions>;
