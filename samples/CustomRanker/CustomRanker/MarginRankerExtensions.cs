using ClassroomKD;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CustomRanker;

/// <summary>Adds the margin ranker to classrooms.</summary>
public static class MarginRankerExtensions
{
    /// <summary>Chooses the margin ranker, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the ranker's options.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseMarginRanker(this IClassroomBuilder builder, Action<MarginRankerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.AddOptionsWithValidateOnStart<MarginRankerOptions, MarginRankerOptionsValidator>(name)
            .Configure(configure ?? (_ => { }));
        return builder.UseRanker(provider =>
            new MarginRanker(provider.GetRequiredService<IOptionsMonitor<MarginRankerOptions>>().Get(name)));
    }
}
