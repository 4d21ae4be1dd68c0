using System.ComponentModel.DataAnnotations;

namespace ClassroomKD;

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
