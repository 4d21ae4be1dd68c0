using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of a <see cref="ClassificationExam"/>.</summary>
public sealed class ClassificationExamOptions
{
    /// <summary>The classes' names, in the order of the labels.</summary>
    /// <value>Default null: classes are called by their numbers.</value>
    public IReadOnlyList<string>? ClassNames { get; set; }

    /// <summary>The label of samples that do not count.</summary>
    /// <value>Default -100, as in PyTorch.</value>
    public long IgnoreIndex { get; set; } = -100;

    /// <summary>Into how many bins of equal width confidences are divided to measure the calibration error.</summary>
    /// <value>Default 15, as Guo et al. (2017) chose.</value>
    [InRange(1, 10_000)]
    public int CalibrationBins { get; set; } = 15;
}

/// <summary>The rules of <see cref="ClassificationExamOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ClassificationExamOptionsValidator : IValidateOptions<ClassificationExamOptions>;
