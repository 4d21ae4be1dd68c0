using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of an inspection; see <see cref="ClassroomInspection"/>.</summary>
public sealed class InspectionOptions
{
    /// <summary>The accuracy that each mentor, or the student, is said to have, by name, in [0, 1].</summary>
    /// <value>Default empty: nothing is said.</value>
    public IDictionary<string, double> ExpectedAccuracies { get; set; } = new Dictionary<string, double>();

    /// <summary>How probable a finding may be where nothing is wrong: the level of all tests.</summary>
    /// <value>Default 0.001.</value>
    [InRange(1e-12, 0.5)]
    public double Significance { get; set; } = 0.001;

    /// <summary>
    /// On how many samples other channel orders and ranges of values are tried for a mentor that is at chance or below what was expected.
    /// </summary>
    /// <value>Default 512; with 0 none is tried.</value>
    [InRange(0, int.MaxValue)]
    public int Probes { get; set; } = 512;
}

/// <summary>The rules of <see cref="InspectionOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class InspectionOptionsValidator : IValidateOptions<InspectionOptions>;
