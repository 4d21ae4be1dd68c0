using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Registers trainings that a host runs.</summary>
public static class TrainerBuilderExtensions
{
    /// <summary>Lets the host train the classroom's student, and stops the host when all its trainings are done.</summary>
    /// <param name="builder">The classroom, with a student (<c>AddStudent</c>).</param>
    /// <param name="data">Makes what is trained on; called once.</param>
    /// <param name="optimizer">Makes the optimizer of the student's parameters; called once. The container disposes it.</param>
    /// <param name="configure">
    /// Changes the options; <c>builder.Configure&lt;TrainerOptions&gt;(section)</c> takes them from configuration. Default:
    /// one epoch.
    /// </param>
    /// <param name="validate">Makes <see cref="Trainer{TAnswer, TTarget}.Validate"/>, such as that of a <see cref="ClassificationExam"/>.
    /// Default null: there is no validation.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException">The classroom has a trainer already.</exception>
    /// <remarks>
    /// Trainings run one after another, in the order of their registration, on a thread of their own. Epochs and notices are logged, and a
    /// <see cref="TrainingDiagnosis"/> with the <see cref="DiagnosisOptions"/> of the classroom's name watches; further observers are
    /// services of type <see cref="ITrainingObserver"/> keyed by the classroom's name. When the host is shut down, the step under way is
    /// finished and a checkpoint written, if there is a folder for it; it must be done within the host's shutdown timeout. A classroom
    /// without a student or mentor is refused at the host's start. An exception stops the host, whose <c>Run</c> then throws it.
    /// </remarks>
    public static IClassroomBuilder AddTrainer(
        this IClassroomBuilder builder,
        Func<IServiceProvider, ITrainingData<Tensor>> data,
        Func<Student<Tensor>, optim.Optimizer> optimizer,
        Action<TrainerOptions>? configure = null,
        Func<IServiceProvider, Func<Student<Tensor>, ValidationResult>>? validate = null) =>
        Register<Tensor, Tensor, Student, Classroom>(builder, data, optimizer, configure, validate);

    /// <summary>
    /// Lets the host train the student of a classroom of any kind of answer, and stops the host when all its trainings are done.
    /// </summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <typeparam name="TTarget">What the truth looks like.</typeparam>
    /// <param name="builder">The classroom, with a student (<c>AddStudent&lt;TAnswer&gt;</c>).</param>
    /// <param name="data">Makes what is trained on; called once.</param>
    /// <param name="optimizer">Makes the optimizer of the student's parameters; called once. The container disposes it.</param>
    /// <param name="configure">Changes the options. Default: one epoch.</param>
    /// <param name="validate">Makes <see cref="Trainer{TAnswer, TTarget}.Validate"/>. Default null: there is no validation.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException">The classroom has a trainer already.</exception>
    /// <remarks>See the other overload.</remarks>
    public static IClassroomBuilder AddTrainer<TAnswer, TTarget>(
        this IClassroomBuilder builder,
        Func<IServiceProvider, ITrainingData<TTarget>> data,
        Func<Student<TAnswer>, optim.Optimizer> optimizer,
        Action<TrainerOptions>? configure = null,
        Func<IServiceProvider, Func<Student<TAnswer>, ValidationResult>>? validate = null) =>
        Register<TAnswer, TTarget, Student<TAnswer>, Classroom<TAnswer, TTarget>>(builder, data, optimizer, configure, validate);

    private static IClassroomBuilder Register<TAnswer, TTarget, TStudent, TClassroom>(
        IClassroomBuilder builder,
        Func<IServiceProvider, ITrainingData<TTarget>> data,
        Func<Student<TAnswer>, optim.Optimizer> optimizer,
        Action<TrainerOptions>? configure,
        Func<IServiceProvider, Func<Student<TAnswer>, ValidationResult>>? validate)
        where TStudent : Student<TAnswer>
        where TClassroom : Classroom<TAnswer, TTarget>
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(optimizer);
        var (name, services) = (builder.Name, builder.Services);
        if (services.Any(service => service.IsKeyedService && name.Equals(service.ServiceKey) && service.ServiceType is
            { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Trainer<,>)))
            throw new InvalidOperationException(
                $"Classroom '{name}' has a trainer already, and a host trains its student once: register the other training as a " +
                "classroom of its own (AddClassroom with another name).");
        services.AddOptionsWithValidateOnStart<TrainerOptions, TrainerOptionsValidator>(name).Configure(configure ?? (_ => { }));
        services.AddSingleton<IValidateOptions<TrainerOptions>>(
            provider => new MissingParts(name, provider, typeof(TStudent), typeof(Mentor<TAnswer>), typeof(TClassroom)));
        services.AddKeyedSingleton(name, (provider, _) => data(provider));
        services.AddKeyedSingleton(name, (provider, _) => optimizer(provider.GetRequiredKeyedService<TStudent>(name)));
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var logger = provider.GetService<ILoggerFactory>()?.CreateLogger("ClassroomKD") ?? NullLogger.Instance;
            ITrainingObserver[] observers = [new TrainingLogger(name, logger), .. provider.GetKeyedServices<ITrainingObserver>(name)];
            return new Trainer<TAnswer, TTarget>(
                provider.GetRequiredKeyedService<TStudent>(name),
                provider.GetRequiredKeyedService<optim.Optimizer>(name),
                provider.GetRequiredKeyedService<ITrainingData<TTarget>>(name),
                provider.GetRequiredKeyedService<TClassroom>(name),
                provider.GetRequiredService<IOptionsMonitor<TrainerOptions>>().Get(name))
            {
                Validate = validate?.Invoke(provider),
                Observers =
                [
                    .. observers,
                    new TrainingDiagnosis(
                        listeners: observers, options: provider.GetRequiredService<IOptionsMonitor<DiagnosisOptions>>().Get(name)),
                ],
            };
        });
        services.AddSingleton(provider => new HostedTraining(
            name, cancellation => provider.GetRequiredKeyedService<Trainer<TAnswer, TTarget>>(name).Run(cancellation)));
        services.AddHostedService<TrainingService>();
        return builder;
    }
}
