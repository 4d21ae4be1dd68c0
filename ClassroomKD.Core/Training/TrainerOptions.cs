using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of a <see cref="Trainer{TAnswer, TTarget}"/>.</summary>
public sealed class TrainerOptions
{
    /// <summary>How many times the student sees the data.</summary>
    /// <value>Default 1.</value>
    [InRange(1, int.MaxValue)]
    public int Epochs { get; set; } = 1;

    /// <summary>Decides everything that is random in a step, such as dropout. The data has a seed of its own. libtorch's generators are
    /// seeded before each step and stay as they are then: seed them yourself before you make another network.</summary>
    /// <value>Default 0.</value>
    public long Seed { get; set; }

    /// <summary>The learning rate of a step, as a pure function: <c>step => LearningRates.Cosine(step, steps, 0.05)</c>.</summary>
    /// <value>Default null: as the optimizer is set.</value>
    public Func<long, double>? LearningRate { get; set; }

    /// <summary>Over how many steps the learning rate rises in a straight line to what it would otherwise be.</summary>
    /// <value>Default 0: no warm-up.</value>
    [InRange(0, int.MaxValue)]
    public int WarmUpSteps { get; set; }

    /// <summary>The largest norm of all gradients together; longer ones are shortened to it (Pascanu et al., 2013).</summary>
    /// <value>Default null: gradients are left as they are.</value>
    [InRange(double.Epsilon, double.MaxValue)]
    public double? MaxGradientNorm { get; set; }

    /// <summary>
    /// How much of the weights' moving average each step keeps, such as 0.999; below 1. Validation and <see cref="Student{TAnswer}.Save"/>
    /// after training use the average, which is kept in float32 where weights are of 16 bits.
    /// </summary>
    /// <value>Default null: no average.</value>
    [InRange(0.0, 0.9999999999999999)]
    public double? AverageDecay { get; set; }

    /// <summary>After how many epochs the student is validated.</summary>
    /// <value>Default 1: after each.</value>
    [InRange(1, int.MaxValue)]
    public int ValidateEvery { get; set; } = 1;

    /// <summary>After how many validations without a better score the training ends.</summary>
    /// <value>Default null: it never ends early.</value>
    [InRange(1, int.MaxValue)]
    public int? Patience { get; set; }

    /// <summary>Where checkpoints are kept: the last two and the best. An existing one is resumed.</summary>
    /// <value>Default null: nothing is written.</value>
    public string? CheckpointFolder { get; set; }

    /// <summary>After how many steps a checkpoint is written, besides the one after each epoch.</summary>
    /// <value>Default null: after each epoch only.</value>
    [InRange(1, int.MaxValue)]
    public int? CheckpointEvery { get; set; }

    /// <summary>
    /// Entries of the fingerprint in which a checkpoint may differ from this training, such as <c>data.batchSize</c>. A checkpoint that
    /// differs in another is refused.
    /// </summary>
    /// <value>Default empty.</value>
    public ISet<string> AcceptedDifferences { get; set; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>The rules of <see cref="TrainerOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TrainerOptionsValidator : IValidateOptions<TrainerOptions>;
