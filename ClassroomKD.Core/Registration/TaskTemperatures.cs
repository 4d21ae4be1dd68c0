using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD;

/// <summary>What a registered classroom's task says of temperatures, for those who know the classroom's name but not its kind of answer.
/// </summary>
internal sealed record TaskTemperatures(double Highest)
{
    public static TaskTemperatures Of(IServiceProvider provider, object? name) => provider.GetRequiredKeyedService<TaskTemperatures>(name);
}
