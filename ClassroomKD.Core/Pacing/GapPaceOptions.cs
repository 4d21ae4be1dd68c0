using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of <see cref="GapPace"/>.</summary>
public sealed class GapPaceOptions
{
    /// <summary>The paper's tau in <c>T = 1 + tau * gap</c>: temperatures lie between 1 and <c>1 + tau</c>.</summary>
    /// <value>Default 12, the paper's choice for 100 classes; it uses 4 or 8 for 1,000. With 0 every temperature is 1.</value>
    [InRange(0.0, 1000.0)]
    public double Tau { get; set; } = 12;

    /// <summary>The highest temperature. T² weighs a mentor's part of the loss, so a mentor far ahead counts no more than this allows; and
    /// of few classes a high temperature leaves nothing but noise.</summary>
    /// <value>Default null: <c>1 + Tau</c>, as in the paper; where the preset is <see cref="ClassroomPreset.Recommended"/>, what the task
    /// states (<see cref="IDistillationTask{TAnswer, TTarget}.RecommendedMaxTemperature"/>, 4 for logits).</value>
    [InRange(1.0, 1001.0)]
    public double? MaxTemperature { get; set; }
}

/// <summary>The rules of <see cref="GapPaceOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class GapPaceOptionsValidator : IValidateOptions<GapPaceOptions>;
