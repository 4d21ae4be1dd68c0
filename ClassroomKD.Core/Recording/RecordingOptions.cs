using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of <see cref="RecordedLessons.Record{TAnswer, TTarget}"/>.</summary>
public sealed class RecordingOptions
{
    /// <summary>
    /// How many epochs of the data are recorded, each with its own order and augmentation. A training of more epochs goes through them
    /// again and again: epoch e is a repetition of epoch e modulo this.
    /// </summary>
    /// <value>Default 1: enough where nothing is augmented.</value>
    [InRange(1, 1_000_000)]
    public int Variants { get; set; } = 1;

    /// <summary>How the answers are kept.</summary>
    /// <value>Default <see cref="RecordedForm.Full"/>.</value>
    [Required]
    public RecordedForm Form { get; set; } = RecordedForm.Full;

    /// <summary>
    /// How many batches a file holds. A recording that is ended loses no more than these; they are in memory until they are written.
    /// </summary>
    /// <value>Default 64.</value>
    [InRange(1, int.MaxValue)]
    public int BatchesPerFile { get; set; } = 64;

    /// <summary>Which share of the files this process writes, from 0; the data and mentors are the same in all.</summary>
    /// <value>Default 0.</value>
    [InRange(0, int.MaxValue)]
    public int Worker { get; set; }

    /// <summary>Over how many processes the recording is shared.</summary>
    /// <value>Default 1.</value>
    [InRange(1, int.MaxValue)]
    public int Workers { get; set; } = 1;

    /// <summary>The names of the classes that the mentors answer with, written into the files for whoever reads them.</summary>
    /// <value>Default null: unknown.</value>
    public IReadOnlyList<string>? ClassNames { get; set; }
}

/// <summary>The rules of <see cref="RecordingOptions"/>.</summary>
internal sealed class RecordingOptionsValidator : IValidateOptions<RecordingOptions>
{
    private static readonly RecordingOptionsAttributes Attributes = new();

    public ValidateOptionsResult Validate(string? name, RecordingOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(Attributes.Validate(name, options));
        if (options.Worker >= options.Workers)
            result.AddError($"must be below Workers, which is {options.Workers}; it is {options.Worker}.", nameof(options.Worker));
        return result.Build();
    }
}

[OptionsValidator]
internal sealed partial class RecordingOptionsAttributes : IValidateOptions<RecordingOptions>;
