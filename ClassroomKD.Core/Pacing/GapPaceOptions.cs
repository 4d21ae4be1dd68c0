using System.ComponentModel.DataAnnotations;

namespace ClassroomKD;

/// <summary>The settings of <see cref="GapPace"/>.</summary>
public sealed class GapPaceOptions
{
    /// <summary>tau of the paper: what the largest gap adds to a temperature of 1 (<c>T = 1 + tau * gap</c>).</summary>
    /// <value>Default 12, the paper's for 100 classes (4 or 8 for 1,000). 0 keeps every temperature at 1.</value>
    [Range(0.0, 1000.0)]
    public double MaxTemperature { get; set; } = 12;
}
