using ClassroomKD;

namespace Study;

internal enum MentorChoice
{
    All,
    None,
    Best,
}

internal enum RankerChoice
{
    Filter,
    Uniform,
    Confidence,
    Entropy,
}

internal enum LossChoice
{
    Kl,
    Ensemble,
    Dkd,
    Dist,
    Standardized,
    Wttm,
}

/// <summary>Rank x gate x pace x loss, as text.</summary>
internal sealed record Setting
{
    public MentorChoice Mentors { get; init; }

    /// <summary>Preset, granularity, coefficient, normalization, Knowledge Filtering, temperatures.</summary>
    public ClassroomOptions Classroom { get; init; } = new();

    public RankerChoice Ranker { get; init; }

    public LossChoice Loss { get; init; }

    /// <summary>How much mentors count beside the truth; null: as the task has it.</summary>
    public double? Factor { get; init; }

    public double LabelSmoothing { get; init; }

    /// <summary>The factor to which the mentors' part falls over the training.</summary>
    public double? FadeTo { get; init; }

    /// <summary>How much of the performances' mean each batch keeps.</summary>
    public double? RunningMean { get; init; }

    /// <summary>How many of the mentors answer a batch.</summary>
    public int? Ask { get; init; }

    /// <summary>How often UNIC drops a mentor.</summary>
    public double? Drop { get; init; }

    /// <summary>The reference temperature of DTKD.</summary>
    public double? Dynamic { get; init; }

    public double? LearningRate { get; init; }
}
