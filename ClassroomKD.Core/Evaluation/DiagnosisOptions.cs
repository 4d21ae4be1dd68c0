using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of a <see cref="TrainingDiagnosis"/>.</summary>
public sealed class DiagnosisOptions
{
    /// <summary>On which share of the samples that a mentor could teach the student must be ahead of it to have passed it.</summary>
    /// <value>Default 0.5: on most.</value>
    [InRange(0.0, 1.0)]
    public double PassedShare { get; set; } = 0.5;

    /// <summary>
    /// How many times the labels' part of the loss the mentors' part may be. The labels' part is small at the start by the method
    /// (<see cref="ClassroomOptions.TaskCoefficient"/>), so the first epoch is not looked at.
    /// </summary>
    /// <value>Default 100: in the studies of docs/, students learned well at 50 and badly at 150.</value>
    [InRange(1.0, double.MaxValue)]
    public double LargestLossRatio { get; set; } = 100;

    /// <summary>How many times its least value the loss may be after rising for two epochs in a row.</summary>
    /// <value>Default 1.5.</value>
    [InRange(1.0, double.MaxValue)]
    public double LargestLossGrowth { get; set; } = 1.5;

    /// <summary>How many times the loss of the first step an epoch's mean loss may be.</summary>
    /// <value>Default 10.</value>
    [InRange(1.0, double.MaxValue)]
    public double LargestLossRise { get; set; } = 10;

    /// <summary>
    /// Over how many steps the number of live tensors is watched at a time: it grows if its least value rises by at least one per step in
    /// four such spans in a row.
    /// </summary>
    /// <value>Default 25.</value>
    [InRange(2, 1_000_000)]
    public int TensorSpan { get; set; } = 25;
}

/// <summary>The rules of <see cref="DiagnosisOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DiagnosisOptionsValidator : IValidateOptions<DiagnosisOptions>;
