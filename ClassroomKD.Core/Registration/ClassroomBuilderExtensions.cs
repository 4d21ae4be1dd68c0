using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>What a registered classroom is made of: options, mentors, student, task, ranker, pace.</summary>
public static class ClassroomBuilderExtensions
{
    // Those of options that no other method registers, so that configuration is held to them at the start too.
    private static readonly ServiceDescriptor[] Rules =
    [
        ServiceDescriptor.Singleton<IValidateOptions<TrainerOptions>, TrainerOptionsValidator>(),
        ServiceDescriptor.Singleton<IValidateOptions<RecordingOptions>, RecordingOptionsValidator>(),
        ServiceDescriptor.Singleton<IValidateOptions<LogitsTaskOptions>, LogitsTaskOptionsValidator>(),
        ServiceDescriptor.Singleton<IValidateOptions<ClassificationExamOptions>, ClassificationExamOptionsValidator>(),
        ServiceDescriptor.Singleton<IValidateOptions<InspectionOptions>, InspectionOptionsValidator>(),
        ServiceDescriptor.Singleton<IValidateOptions<DiagnosisOptions>, DiagnosisOptionsValidator>(),
    ];

    /// <summary>Sets options in code; calls add up, the last word counts.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder Configure(this IClassroomBuilder builder, Action<ClassroomOptions> configure)
    {
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }

    /// <summary>Takes options from configuration, such as the section <c>Classrooms:small</c> of <c>appsettings.json</c>.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">The section; see the other overload.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder Configure(this IClassroomBuilder builder, IConfiguration section) =>
        builder.Configure<ClassroomOptions>(section);

    /// <summary>Takes other options of the classroom's name from configuration, such as <see cref="TrainerOptions"/>.</summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">
    /// The section. Its keys are the names of the options' properties, and null means the default. It may hold sections that other parts
    /// of a classroom are read from, such as <c>Mentors</c>.
    /// </param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// A section that is missing, a key that is no option and a value that cannot be read are refused at the host's start and when the
    /// options are first made, by an <see cref="OptionsValidationException"/> that names all of them with their full paths.
    /// </remarks>
    public static IClassroomBuilder Configure<TOptions>(this IClassroomBuilder builder, IConfiguration section)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(section);
        var (name, services) = (builder.Name, builder.Services);
        services.AddSingleton(ConfiguredSection.Of(section));
        services.AddSingleton<IOptionsChangeTokenSource<TOptions>>(new ConfigurationChangeTokenSource<TOptions>(name, section));
        services.AddSingleton<IValidateOptions<TOptions>>(provider => new ConfigurationFaults<TOptions>(name, section, provider));
        services.TryAddEnumerable(Rules.Where(rule => rule.ServiceType == typeof(IValidateOptions<TOptions>)));
        services.AddOptions<TOptions>(name)
            .Configure(options => ConfigurationReading.Of(section, typeof(TOptions)).Bind(options)).ValidateOnStart();
        return builder;
    }

    /// <summary>Adds a mentor from a module.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The mentor's name, unique within the classroom.</param>
    /// <param name="module">Makes the model; called once. The mentor owns it, the container disposes the mentor.</param>
    /// <param name="options">How the mentor differs from the student. Default: no difference.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddMentor(
        this IClassroomBuilder builder,
        string name,
        Func<IServiceProvider, nn.IModule<Tensor, Tensor>> module,
        MentorOptions? options = null) =>
        builder.AddMentor<Tensor>(name, module, options);

    /// <summary>Adds a mentor whose answer is not a single tensor.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The mentor's name, unique within the classroom.</param>
    /// <param name="module">Makes the model; called once. The mentor owns it, the container disposes the mentor.</param>
    /// <param name="options">How the mentor differs from the student. Default: no difference.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddMentor<TAnswer>(
        this IClassroomBuilder builder,
        string name,
        Func<IServiceProvider, nn.IModule<Tensor, TAnswer>> module,
        MentorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(module);
        return builder.AddMentor(provider => new Mentor<TAnswer>(name, module(provider), options));
    }

    /// <summary>Adds a mentor of any source.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="mentor">Makes the mentor; called once. The container disposes it.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddMentor<TAnswer>(this IClassroomBuilder builder, Func<IServiceProvider, Mentor<TAnswer>> mentor)
    {
        ArgumentNullException.ThrowIfNull(mentor);
        builder.Services.AddKeyedSingleton(builder.Name, (provider, _) => mentor(provider));
        return builder;
    }

    /// <summary>Adds the student: <c>GetRequiredKeyedService&lt;Student&gt;(builder.Name)</c>.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The student's name.</param>
    /// <param name="module">Makes the model; called once. The student owns it, the container disposes the student.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddStudent(
        this IClassroomBuilder builder, string name, Func<IServiceProvider, nn.IModule<Tensor, Tensor>> module)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(module);
        builder.Services.AddKeyedSingleton(builder.Name, (provider, _) => new Student(name, module(provider)));
        return builder;
    }

    /// <summary>Adds a student whose answer is not a single tensor:
    /// <c>GetRequiredKeyedService&lt;Student&lt;TAnswer&gt;&gt;(builder.Name)</c>.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="name">The student's name.</param>
    /// <param name="module">Makes the model; called once. The student owns it, the container disposes the student.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddStudent<TAnswer>(
        this IClassroomBuilder builder, string name, Func<IServiceProvider, nn.IModule<Tensor, TAnswer>> module)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(module);
        builder.Services.AddKeyedSingleton(builder.Name, (provider, _) => new Student<TAnswer>(name, module(provider)));
        return builder;
    }

    /// <summary>Chooses the task, in place of any other.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="task">Makes the task; called once.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseTask<TAnswer, TTarget>(
        this IClassroomBuilder builder, Func<IServiceProvider, IDistillationTask<TAnswer, TTarget>> task) => builder.Replace(task);

    /// <summary>Chooses the task of logits and sets it, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes the task's options.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseLogitsTask(this IClassroomBuilder builder, Action<LogitsTaskOptions>? configure = null)
    {
        builder.Services.AddOptionsWithValidateOnStart<LogitsTaskOptions, LogitsTaskOptionsValidator>(builder.Name)
            .Configure(configure ?? (_ => { }));
        var name = builder.Name;
        return builder.UseTask(provider => new LogitsTask(provider.GetNamedOptions<LogitsTaskOptions>(name)));
    }

    /// <summary>Chooses the ranker, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="ranker">Makes the ranker; called once.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseRanker(this IClassroomBuilder builder, Func<IServiceProvider, IMentorRanker> ranker) =>
        builder.Replace(ranker);

    /// <summary>Puts a ranker around the one chosen so far, such as a <see cref="FadingRanker"/>; calls add up, the last is
    /// outermost.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="wrap">Makes the ranker from the one that it changes; called once.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder WrapRanker(this IClassroomBuilder builder, Func<IServiceProvider, IMentorRanker, IMentorRanker> wrap)
    {
        ArgumentNullException.ThrowIfNull(wrap);
        var inner = builder.Services
            .Last(service => service.ServiceType == typeof(IMentorRanker) && Equals(service.ServiceKey, builder.Name))
            .KeyedImplementationFactory!;
        return builder.UseRanker(provider => wrap(provider, (IMentorRanker)inner(provider, builder.Name)));
    }

    /// <summary>Chooses the paper's Knowledge Filtering, in place of any other ranker.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes <see cref="ClassroomOptions.Ranking"/>.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseKnowledgeFiltering(
        this IClassroomBuilder builder, Action<KnowledgeFilteringOptions>? configure = null)
    {
        var name = builder.Name;
        return builder
            .Configure(options => configure?.Invoke(options.Ranking))
            .UseRanker(provider => provider.GetNamedOptions<ClassroomOptions>(name)
                .CreateRanker(TaskRecommendations.Of(provider, name).Weighting));
    }

    /// <summary>Chooses the pace, in place of any other.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="pace">Makes the pace; called once.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UsePace(this IClassroomBuilder builder, Func<IServiceProvider, ILearningPaceScheduler> pace) =>
        builder.Replace(pace);

    /// <summary>Chooses the paper's Mentoring, temperatures by the gap, in place of any other pace.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="configure">Changes <see cref="ClassroomOptions.Pace"/>.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder UseGapPace(this IClassroomBuilder builder, Action<GapPaceOptions>? configure = null)
    {
        var name = builder.Name;
        return builder
            .Configure(options => configure?.Invoke(options.Pace))
            .UsePace(provider => provider.GetNamedOptions<ClassroomOptions>(name)
                .CreateGapPace(TaskRecommendations.Of(provider, name).MaxTemperature));
    }

    private static IClassroomBuilder Replace<TService>(this IClassroomBuilder builder, Func<IServiceProvider, TService> factory)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(factory);
        builder.Services.RemoveAllKeyed<TService>(builder.Name);
        builder.Services.AddKeyedSingleton(builder.Name, (provider, _) => factory(provider));
        return builder;
    }

    private static TOptions GetNamedOptions<TOptions>(this IServiceProvider provider, string name)
        where TOptions : class =>
        provider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);
}
