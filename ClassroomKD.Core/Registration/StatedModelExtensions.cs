using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD;

/// <summary>Registers mentors and students that configuration states.</summary>
public static class StatedModelExtensions
{
    /// <summary>Adds the mentors that a section states, each under its name:
    /// <c>"Mentors": { "r50": { "TorchScript": { "File": "r50.pt" }, "Device": "cuda:0" } }</c>.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">The section, such as <c>Classrooms:images:Mentors</c>; which mentors there are is read at once.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// A mentor has one model, by the key of its source: <c>TorchScript</c>, or one that
    /// <see cref="AddModelSource{TAnswer, TSettings}"/> added. Further keys are <c>Input</c>, <c>Classes</c>, <c>Answers</c> and
    /// <c>Inference</c>, as <see cref="MentorOptions"/> has them, and <c>Device</c>, to which the model is moved. Paths are relative to
    /// the host's content root. What is wrong, files that are missing among it, is refused at the host's start and when a mentor is first
    /// made, all in one <see cref="OptionsValidationException"/>.
    /// </remarks>
    public static IClassroomBuilder AddMentors(this IClassroomBuilder builder, IConfiguration section) =>
        builder.AddMentors<Tensor>(section);

    /// <summary>Adds the mentors that a section states, of any kind of answer.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">See the other overload.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddMentors<TAnswer>(this IClassroomBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var name = builder.Name;
        Validate(
            builder, section,
            provider => section is IConfigurationSection { Value: { Length: > 0 } text } at
                ? [$"'{at.Path}' is '{text}' (expected the mentors' names as keys)"]
                : section.GetChildren().SelectMany(one => int.TryParse(one.Key, out _)
                    ? [$"'{one.Path}' has a number for a name (expected mentors by their names, not a list)"]
                    : ReadMentor<TAnswer>(one, name, provider).Model.Faults));
        foreach (var one in section.GetChildren())
            builder.AddMentor(provider =>
            {
                ThrowIfInvalid(provider, name);
                var (model, options) = ReadMentor<TAnswer>(one, name, provider);
                return new Mentor<TAnswer>(one.Key, model.Create(), options);
            });
        return builder;
    }

    /// <summary>Adds the student that a section states:
    /// <c>"Student": { "Name": "small", "Network": { ... }, "Device": "cuda:0" }</c>.</summary>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">The section, such as <c>Classrooms:images:Student</c>. Its keys are <c>Name</c> (default "student"),
    /// <c>Device</c> and that of a source, which must make a TorchSharp module.</param>
    /// <returns>The builder.</returns>
    /// <remarks>What is wrong is refused as by <see cref="AddMentors(IClassroomBuilder, IConfiguration)"/>.</remarks>
    public static IClassroomBuilder AddStudent(this IClassroomBuilder builder, IConfiguration section) =>
        builder.AddStated<Tensor, Student>(section, (name, module) => new Student(name, module));

    /// <summary>Adds the student that a section states, of any kind of answer:
    /// <c>GetRequiredKeyedService&lt;Student&lt;TAnswer&gt;&gt;(builder.Name)</c>.</summary>
    /// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="section">See the other overload.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddStudent<TAnswer>(this IClassroomBuilder builder, IConfiguration section) =>
        builder.AddStated<TAnswer, Student<TAnswer>>(section, (name, module) => new Student<TAnswer>(name, module));

    /// <summary>Adds a kind of model that configuration can state, such as <c>OnnxModelSource</c> of ClassroomKD.Onnx.</summary>
    /// <typeparam name="TAnswer">What the models answer with.</typeparam>
    /// <typeparam name="TSettings">What configuration states of them.</typeparam>
    /// <param name="builder">The classroom.</param>
    /// <param name="source">The kind; one of the same key is replaced.</param>
    /// <returns>The builder.</returns>
    public static IClassroomBuilder AddModelSource<TAnswer, TSettings>(
        this IClassroomBuilder builder, ModelSource<TAnswer, TSettings> source)
        where TSettings : class, new()
    {
        ArgumentNullException.ThrowIfNull(source);
        builder.Services.AddKeyedSingleton(builder.Name, source.Stated);
        return builder;
    }

    private static IClassroomBuilder AddStated<TAnswer, TStudent>(
        this IClassroomBuilder builder, IConfiguration section, Func<string, nn.IModule<Tensor, TAnswer>, TStudent> create)
        where TStudent : class
    {
        ArgumentNullException.ThrowIfNull(section);
        var name = builder.Name;
        Validate(builder, section, provider => new StatedModel<TAnswer, StudentSettings>(section, name, provider).Faults);
        builder.Services.AddKeyedSingleton(name, (provider, _) =>
        {
            ThrowIfInvalid(provider, name);
            var model = new StatedModel<TAnswer, StudentSettings>(section, name, provider);
            return create(model.Settings.Name, model.Create());
        });
        return builder;
    }

    private static void Validate(IClassroomBuilder builder, IConfiguration section, Func<IServiceProvider, IEnumerable<string>> faults)
    {
        var (name, services) = (builder.Name, builder.Services);
        services.AddSingleton(ConfiguredSection.Of(section));
        services.AddSingleton<IValidateOptions<StatedModels>>(provider => new StatedModelsFaults(
            name, () => ConfiguredSection.Absence(section, provider) is { } absence ? [absence] : faults(provider)));
        services.AddOptions<StatedModels>(name).ValidateOnStart();
    }

    private static void ThrowIfInvalid(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IOptionsMonitor<StatedModels>>().Get(name);

    private static (StatedModel<TAnswer, MentorSettings> Model, MentorOptions Options) ReadMentor<TAnswer>(
        IConfigurationSection section, string classroom, IServiceProvider provider)
    {
        var model = new StatedModel<TAnswer, MentorSettings>(section, classroom, provider);
        var settings = model.Settings;
        var options = new MentorOptions
        {
            Input = settings.Input is { } input ? model.Make(nameof(settings.Input), input.ToInput) : null,
            Classes = settings.Classes is { } classes ? model.Make(nameof(settings.Classes), classes.ToMap) : null,
            Answers = settings.Answers,
            Inference = settings.Inference,
            Device = model.Device,
        };
        model.Make(nameof(settings.Answers), () =>
        {
            options.Check(section.Key, typeof(TAnswer));
            return true;
        });
        return (model, options);
    }
}
