using ClassroomKD;
using Microsoft.Extensions.Options;
using TorchSharp;

namespace CustomRanker;

/// <summary>A mentor teaches only what it knows clearly better than the student: its lead in performance is its weight.</summary>
public sealed class MarginRanker : IMentorRanker
{
    private readonly Scalar margin;

    /// <summary>A ranker with these settings.</summary>
    /// <param name="options">Default: a margin of 0.1.</param>
    /// <exception cref="OptionsValidationException">A setting is out of range.</exception>
    public MarginRanker(MarginRankerOptions? options = null) =>
        margin = Scalars.Of(new MarginRankerOptionsValidator().ThrowIfInvalid(options ?? new()).Margin);

    /// <inheritdoc/>
    public PerformanceGranularity? Granularity => PerformanceGranularity.Sample;   // else the batch's figures, by the default preset

    /// <inheritdoc/>
    public Ranking Rank(in RankingArguments arguments)
    {
        var performances = arguments.Assessment.Performances;             // [1+M, B], the student first
        var student = performances.narrow(0, 0, 1);
        var mentors = performances.narrow(0, 1, performances.size(0) - 1);
        var lead = mentors.sub(student);
        return new Ranking
        {
            Ranks = performances,                                         // what the pace measures the gap on
            Weights = lead.masked_fill(lead.lt(margin), Scalars.Zero),    // [M, B], 0 where a mentor does not teach
        };
    }
}
