using System.ComponentModel.DataAnnotations;
using ClassroomKD.Kernels;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of <see cref="LogitsTask"/>.</summary>
public sealed class LogitsTaskOptions : IValidatableObject
{
    /// <summary>How much of each target is spread evenly over all classes, in truth and performance alike.</summary>
    /// <value>Default 0.</value>
    [InRange(0.0, 1.0)]
    public double LabelSmoothing { get; set; }

    /// <summary>The class index of samples that do not count.</summary>
    /// <value>Default -100, as in PyTorch.</value>
    public long IgnoreIndex { get; set; } = -100;

    /// <summary>How far the student's logits are from a mentor's.</summary>
    /// <value>Default null: the paper's softmax-KL, computed for all mentors in one pass.</value>
    public ILogitsDistillationLoss? Loss { get; set; }

    /// <summary>How far the student's logits are from those of all mentors together, in place of <see cref="Loss"/>.</summary>
    /// <value>Default null: each mentor is compared on its own.</value>
    public IJointLogitsLoss? JointLoss { get; set; }

    /// <summary>A factor on all that mentors add to the loss: how much they count beside the truth.</summary>
    /// <value>Default 1.</value>
    [InRange(0.0, double.MaxValue)]
    public double DistillationFactor { get; set; } = 1;

    /// <summary>How the softmax-KL is computed; no effect with another <see cref="Loss"/>.</summary>
    /// <value>Default <see cref="KernelImplementation.Auto"/>.</value>
    [EnumDataType(typeof(KernelImplementation))]
    public KernelImplementation Kernel { get; set; }

    IEnumerable<System.ComponentModel.DataAnnotations.ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Loss is not null && JointLoss is not null)
            yield return new("Loss and JointLoss contradict each other: set one of them.", [nameof(JointLoss)]);
    }
}

/// <summary>The rules of <see cref="LogitsTaskOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LogitsTaskOptionsValidator : IValidateOptions<LogitsTaskOptions>;
