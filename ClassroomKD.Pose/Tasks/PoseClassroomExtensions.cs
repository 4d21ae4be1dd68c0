using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>Registers the tasks of poses for classrooms made by <c>AddClassroom&lt;PoseAnswer, PoseTarget&gt;(name)</c>.</summary>
public static class PoseClassroomExtensions
{
    /// <summary>Sets the task of a student with heatmaps, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the task's options; those out of range fail at start, by name.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseHeatmapTask(this IClassroomBuilder builder, Action<HeatmapTaskOptions>? configure = null) =>
        Use<HeatmapTaskOptions, HeatmapTaskOptionsValidator>(builder, configure, static options => new HeatmapTask(options));

    /// <summary>Sets the task of a student with SimCC, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the task's options; those out of range fail at start, by name.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseSimccTask(this IClassroomBuilder builder, Action<SimccTaskOptions>? configure = null) =>
        Use<SimccTaskOptions, SimccTaskOptionsValidator>(builder, configure, static options => new SimccTask(options));

    private static IClassroomBuilder Use<TOptions, TValidator>(
        IClassroomBuilder builder, Action<TOptions>? configure, Func<TOptions, PoseTask> task)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = builder.Name;
        builder.Services.AddOptionsWithValidateOnStart<TOptions, TValidator>(name).Configure(configure ?? (_ => { }));
        return builder.UseTask<PoseAnswer, PoseTarget>(
            provider => task(provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name)));
    }
}
