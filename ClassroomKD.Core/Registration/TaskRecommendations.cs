using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD;

/// <summary>What a registered classroom's task recommends, for those who know the classroom's name but not its kind of answer.</summary>
internal sealed record TaskRecommendations(double MaxTemperature, RankWeighting Weighting)
{
    public static TaskRecommendations Of(IServiceProvider provider, object? name) =>
        provider.GetRequiredKeyedService<TaskRecommendations>(name);
}
