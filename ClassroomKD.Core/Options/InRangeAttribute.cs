using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Validity = System.ComponentModel.DataAnnotations.ValidationResult;

namespace ClassroomKD;

/// <summary>A <see cref="RangeAttribute"/> whose message also says what came.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class InRangeAttribute : RangeAttribute
{
    /// <summary>A range of whole numbers.</summary>
    /// <param name="minimum">The smallest one allowed.</param>
    /// <param name="maximum">The largest one allowed.</param>
    public InRangeAttribute(int minimum, int maximum)
        : base(minimum, maximum)
    {
    }

    /// <summary>A range of numbers. NaN is in none.</summary>
    /// <param name="minimum">The smallest one allowed.</param>
    /// <param name="maximum">The largest one allowed.</param>
    public InRangeAttribute(double minimum, double maximum)
        : base(minimum, maximum)
    {
    }

    /// <inheritdoc/>
    protected override Validity? IsValid(object? value, ValidationContext validationContext) =>
        base.IsValid(value, validationContext) is { ErrorMessage: { } message } fault
            ? new Validity(string.Create(CultureInfo.InvariantCulture, $"{message.TrimEnd('.')}; it is {value}."), fault.MemberNames)
            : Validity.Success;
}
