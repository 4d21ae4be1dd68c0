using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Registers classrooms with Microsoft.Extensions.DependencyInjection.</summary>
public static class ClassroomServiceCollectionExtensions
{
    /// <summary>Adds a classroom whose models answer with one tensor. The default task is <see cref="LogitsTask"/>
    /// with the <see cref="LogitsTaskOptions"/> of its name.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="name">Its name: <c>GetRequiredKeyedService&lt;Classroom&gt;(name)</c>. Several classrooms live side by side.</param>
    /// <returns>A builder for its mentors, options, ranker and pace.</returns>
    /// <remarks>
    /// Everything is a singleton keyed by the name, made when first asked for. The container disposes mentors, student and classroom.
    /// Adding a name twice continues the first registration. Options are validated at the host's start, or when the classroom is made.
    /// </remarks>
    public static IClassroomBuilder AddClassroom(this IServiceCollection services, string name)
    {
        var builder = AddParts<Tensor, Tensor>(services, name);
        services.AddOptionsWithValidateOnStart<LogitsTaskOptions, LogitsTaskOptionsValidator>(name);
        services.TryAddKeyedSingleton<IDistillationTask<Tensor, Tensor>>(name, static (provider, key) =>
            new LogitsTask(provider.GetRequiredService<IOptionsMonitor<LogitsTaskOptions>>().Get((string?)key)));
        services.TryAddKeyedSingleton(name, static (provider, key) => new Classroom(
            provider.GetKeyedServices<Mentor<Tensor>>(key),
            OptionsOf(provider, key),
            provider.GetRequiredKeyedService<IDistillationTask<Tensor, Tensor>>(key),
            provider.GetRequiredKeyedService<IMentorRanker>(key),
            provider.GetRequiredKeyedService<ILearningPaceScheduler>(key),
            (string)key!,
            LoggerOf(provider)));
        return builder;
    }

    /// <summary>Adds a classroom of any kind of answer; choose its task with <c>UseTask</c>.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="services">Where to add it.</param>
    /// <param name="name">Its name: <c>GetRequiredKeyedService&lt;Classroom&lt;TAnswer, TTarget&gt;&gt;(name)</c>.</param>
    /// <returns>A builder for its mentors, options, task, ranker and pace.</returns>
    public static IClassroomBuilder AddClassroom<TAnswer, TTarget>(this IServiceCollection services, string name)
    {
        var builder = AddParts<TAnswer, TTarget>(services, name);
        services.TryAddKeyedSingleton(name, static (provider, key) => new Classroom<TAnswer, TTarget>(
            provider.GetKeyedServices<Mentor<TAnswer>>(key),
            provider.GetRequiredKeyedService<IDistillationTask<TAnswer, TTarget>>(key),
            OptionsOf(provider, key),
            provider.GetRequiredKeyedService<IMentorRanker>(key),
            provider.GetRequiredKeyedService<ILearningPaceScheduler>(key),
            (string)key!,
            LoggerOf(provider)));
        return builder;
    }

    // Defaults are tried, choices replace: a second AddClassroom of one name must not undo what a plugin chose.
    private static ClassroomBuilder AddParts<TAnswer, TTarget>(IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.AddOptionsWithValidateOnStart<ClassroomOptions, ClassroomOptionsValidator>(name);
        services.TryAddKeyedSingleton(name, static (provider, key) =>
        {
            var task = provider.GetRequiredKeyedService<IDistillationTask<TAnswer, TTarget>>(key);
            return new TaskRecommendations(task.RecommendedMaxTemperature, task.RecommendedWeighting);
        });
        services.TryAddKeyedSingleton(
            name, static (provider, key) => OptionsOf(provider, key).CreateRanker(TaskRecommendations.Of(provider, key).Weighting));
        services.TryAddKeyedSingleton(
            name, static (provider, key) => OptionsOf(provider, key).CreatePace(TaskRecommendations.Of(provider, key).MaxTemperature));
        return new ClassroomBuilder(name, services);
    }

    private static ClassroomOptions OptionsOf(IServiceProvider provider, object? key) =>
        provider.GetRequiredService<IOptionsMonitor<ClassroomOptions>>().Get((string?)key);

    private static ILogger? LoggerOf(IServiceProvider provider) => provider.GetService<ILoggerFactory>()?.CreateLogger("ClassroomKD");

    private sealed record ClassroomBuilder(string Name, IServiceCollection Services) : IClassroomBuilder;
}
