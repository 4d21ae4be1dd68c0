using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Pose;

/// <summary>Registers the tasks of poses for classrooms made by <c>AddClassroom&lt;PoseAnswer, PoseTarget&gt;(name)</c>.</summary>
public static class PoseClassroomExtensions
{
    /// <summary>Chooses the task of heatmaps and sets it, in place of any other. Mentors may answer with heatmaps of any size or with SimCC.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the task's options; those out of range fail at start, by name.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseHeatmapTask(this IClassroomBuilder builder, Action<HeatmapTaskOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptionsWithValidateOnStart<HeatmapTaskOptions, HeatmapTaskOptionsValidator>(builder.Name).Configure(configure ?? (_ => { }));
        var name = builder.Name;
        return builder.UseTask<PoseAnswer, PoseTarget>(provider => new HeatmapTask(provider.GetRequiredService<IOptionsMonitor<HeatmapTaskOptions>>().Get(name)));
    }

    /// <summary>Chooses the task of SimCC and sets it, in place of any other. Mentors may answer with heatmaps of any size or with SimCC.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the task's options; those out of range fail at start, by name.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseSimccTask(this IClassroomBuilder builder, Action<SimccTaskOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptionsWithValidateOnStart<SimccTaskOptions, SimccTaskOptionsValidator>(builder.Name).Configure(configure ?? (_ => { }));
        var name = builder.Name;
        return builder.UseTask<PoseAnswer, PoseTarget>(provider => new SimccTask(provider.GetRequiredService<IOptionsMonitor<SimccTaskOptions>>().Get(name)));
    }
}
