using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>The settings of a classroom. Every ablation of the paper is reached from here.</summary>
/// <remarks>Settings that are null take the preset's value, so that order does not matter:
/// <c>{ "Preset": "Batch", "Pace": { "Tau": 8 } }</c>.</remarks>
public sealed class ClassroomOptions
{
    /// <summary>The variant of the method.</summary>
    /// <value>Default <see cref="ClassroomPreset.Recommended"/>.</value>
    [EnumDataType(typeof(ClassroomPreset))]
    public ClassroomPreset Preset { get; set; } = ClassroomPreset.Recommended;

    /// <summary>Whether each sample or the whole batch is ranked.</summary>
    /// <value>Default null: as the ranker asks (<see cref="IMentorRanker.Granularity"/>), else as the preset says.</value>
    public PerformanceGranularity? Granularity { get; set; }

    /// <summary>The factor of the task's loss.</summary>
    /// <value>Default null: as the preset says.</value>
    public TaskCoefficient? TaskCoefficient { get; set; }

    /// <summary>One number as the factor of the task's loss, in place of <see cref="TaskCoefficient"/>; 0.1 is usual beside a factor of 0.9
    /// on the mentors' part.</summary>
    /// <value>Default null: <see cref="TaskCoefficient"/> decides.</value>
    [InRange(0.0, double.MaxValue)]
    public double? ConstantTaskCoefficient { get; set; }

    /// <summary>Whether the default ranker's weights are divided by their sum over the mentors that teach a sample
    /// (<see cref="NormalizedRanker"/>, which does the same for any other).</summary>
    /// <value>Default null: as the preset says.</value>
    public bool? NormalizeWeights { get; set; }

    /// <summary>One temperature for every mentor and sample, in place of the pace (ablation "no pacing": 1).</summary>
    /// <value>Default null: the pace decides.</value>
    [InRange(0.01, 1000)]
    public double? ConstantTemperature { get; set; }

    /// <summary>Who teaches which sample, and with what weight: the settings of the default ranker.</summary>
    [Required, ValidateObjectMembers]
    public KnowledgeFilteringOptions Ranking { get; set; } = new();

    /// <summary>How softly: the settings of the default pace.</summary>
    [Required, ValidateObjectMembers]
    public GapPaceOptions Pace { get; set; } = new();

    internal PerformanceGranularity PresetGranularity => Preset switch
    {
        ClassroomPreset.Batch or ClassroomPreset.ReleasedCode or ClassroomPreset.Recommended => PerformanceGranularity.Batch,
        _ => PerformanceGranularity.Sample,
    };

    /// <summary>The factor of the task's loss; null: the student's performance.</summary>
    internal double? ResolvedTaskCoefficient => ConstantTaskCoefficient ?? TaskCoefficient switch
    {
        ClassroomKD.TaskCoefficient.One => 1,
        ClassroomKD.TaskCoefficient.Zero => 0,
        null when IsRecommended => 1,
        _ => null,
    };

    private bool IsRecommended => Preset == ClassroomPreset.Recommended;

    /// <summary>The ranker that these settings describe, for rankers that change what another one decides.</summary>
    /// <param name="recommendedWeighting">For <see cref="ClassroomPreset.Recommended"/>: what the classroom's task states
    /// (<see cref="IDistillationTask{TAnswer, TTarget}.RecommendedWeighting"/>).</param>
    public IMentorRanker CreateRanker(RankWeighting recommendedWeighting = RankWeighting.Share)
    {
        var weighting = Ranking.Weighting ?? (IsRecommended ? recommendedWeighting : RankWeighting.Share);
        var ranker = new KnowledgeFilteringRanker(new KnowledgeFilteringOptions
        {
            Filter = Ranking.Filter,
            Weighting = weighting,
            RequireCorrect = Ranking.RequireCorrect ?? (Ranking.Filter && Preset == ClassroomPreset.Paper),
            RankDecimals = Ranking.RankDecimals
                ?? (Preset == ClassroomPreset.ReleasedCode && weighting == RankWeighting.Share ? 2 : null),
        });
        return NormalizeWeights ?? IsRecommended ? new NormalizedRanker(ranker) : ranker;
    }

    internal ILearningPaceScheduler CreatePace(double recommendedMaxTemperature) =>
        ConstantTemperature is { } temperature ? new ConstantPace(temperature) : CreateGapPace(recommendedMaxTemperature);

    internal GapPace CreateGapPace(double recommendedMaxTemperature) => new(new GapPaceOptions
    {
        Tau = Pace.Tau,
        MaxTemperature = Pace.MaxTemperature ?? (IsRecommended ? recommendedMaxTemperature : null),
    });
}
