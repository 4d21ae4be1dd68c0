using System.ComponentModel.DataAnnotations;

namespace ClassroomKD;

/// <summary>What a mentor's rank and weight are made from.</summary>
public enum RankWeighting
{
    /// <summary>The share of all performance, times the number of mentors.</summary>
    Share,

    /// <summary>A tenth of the position, the worst being first (ablation: the authors' first version). Equals share a position.</summary>
    Position,

    /// <summary>Ranks as <see cref="Share"/>; a mentor's weight is how far its rank is above the student's. Of mentors far ahead and just
    /// ahead the former teach most, and nobody's weight jumps to 0 when the student passes it.</summary>
    Lead,
}

/// <summary>The settings of <see cref="KnowledgeFilteringRanker"/>.</summary>
public sealed class KnowledgeFilteringOptions
{
    /// <summary>Whether only mentors that rank at least as high as the student teach.</summary>
    /// <value>Default true. False is the paper's ablation "AVER": every mentor teaches every sample with weight 1, which
    /// <see cref="ClassroomPreset.Recommended"/> divides by their number. <see cref="UniformRanker"/> gives 1/M itself.</value>
    public bool Filter { get; set; } = true;

    /// <summary>Whether a mentor must also be right about the sample.</summary>
    /// <value>Default null: as the classroom's preset says; outside a classroom true, as in the paper.</value>
    public bool? RequireCorrect { get; set; }

    /// <summary>What a mentor's rank and weight are made from.</summary>
    /// <value>Default null: <see cref="RankWeighting.Share"/>, as in the paper; where the preset is
    /// <see cref="ClassroomPreset.Recommended"/>, what the task states
    /// (<see cref="IDistillationTask{TAnswer, TTarget}.RecommendedWeighting"/>).</value>
    [EnumDataType(typeof(RankWeighting))]
    public RankWeighting? Weighting { get; set; }

    /// <summary>The decimals that a share of performance is rounded to, half to even.</summary>
    /// <value>Default null: as the classroom's preset says; outside a classroom no rounding.</value>
    [InRange(0, 15)]
    public int? RankDecimals { get; set; }
}
