using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core;

public sealed class RegistrationTests
{
    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();

    private static IHost Host(Action<HostApplicationBuilder> register)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        register(builder);
        return builder.Build();
    }

    [Test]
    public void Two_classrooms_with_different_options_do_not_mix()
    {
        using var scope = NewDisposeScope();
        var settings = Settings(("a:Pace:Tau", "4"), ("a:Preset", "Sample"), ("b:Preset", "Paper"), ("b:ConstantTemperature", "3"),
            ("b:Ranking:Filter", "false"));
        using var host = Host(builder =>
        {
            foreach (var name in new[] { "a", "b" })
                builder.Services.AddClassroom(name)
                    .Configure(settings.GetSection(name))
                    .AddMentor("one", _ => Linear(4, 3))
                    .AddMentor($"two of {name}", _ => Linear(4, 3));
        });
        var a = host.Services.GetRequiredKeyedService<Classroom>("a");
        var b = host.Services.GetRequiredKeyedService<Classroom>("b");
        a.Mentors.Select(mentor => mentor.Name).Should().Equal("one", "two of a");
        b.Mentors.Select(mentor => mentor.Name).Should().Equal("one", "two of b");
        a.Mentors[0].Should().NotBeSameAs(b.Mentors[0]);

        Tensor input = randn(32, 4), student = randn(32, 3, requires_grad: true), labels = randint(0, 3, [32]);
        Lesson left = a.Teach(input, student, labels), right = b.Teach(input, student, labels);
        right.Temperatures.Doubles().Should().OnlyContain(temperature => temperature == 3);
        right.Weights.Doubles().Should().OnlyContain(weight => weight == 1);
        left.Temperatures.max().Number().Should().BeLessThanOrEqualTo(5);
        left.Weights.Doubles().Should().Contain(0);
    }

    [Test]
    public void The_ten_lines_with_a_container_learn()
    {
        using var host = Host(builder => builder.Services.AddClassroom("cifar100")
            .Configure(Settings(("Preset", "Paper")))
            .AddMentor("teacher", _ => Linear(4, 3))
            .AddStudent("pupil", _ => Linear(4, 3))
            .UseGapPace(pace => pace.Tau = 12));
        var classroom = host.Services.GetRequiredKeyedService<Classroom>("cifar100");
        var student = host.Services.GetRequiredKeyedService<Student>("cifar100");
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.1);
        using var scope = NewDisposeScope();
        Tensor input = randn(32, 4), labels = randint(0, 3, [32]);
        var losses = new List<double>();
        for (var step = 0; step < 20; step++)
        {
            optimizer.zero_grad();
            var lesson = classroom.Teach(input, student.Answer(input), labels);
            lesson.Loss.backward();
            optimizer.step();
            losses.Add(nn.functional.cross_entropy(student.Examine(input), labels).Number());
        }
        losses[^1].Should().BeLessThan(losses[0]);
    }

    [Test]
    public void Gap_pace_that_was_asked_for_contradicts_a_constant_temperature()
    {
        using var host = Host(builder => builder.Services.AddClassroom("a")
            .UseGapPace(pace => pace.Tau = 3).Configure(options => options.ConstantTemperature = 4).AddMentor("one", _ => Linear(4, 3)));

        host.Services.GetRequiredKeyedService<ILearningPaceScheduler>("a").Should().BeOfType<GapPace>();
        FluentActions.Invoking(() => host.Services.GetRequiredKeyedService<Classroom>("a"))
            .Should().Throw<ArgumentException>().WithMessage("ConstantTemperature of classroom 'a'*GapPace*");
    }

    [Test]
    public void Preset_bounds_the_temperatures_of_a_gap_pace_that_was_asked_for()
    {
        using var host = Host(builder => builder.Services.AddClassroom("a")
            .Configure(Settings(("Preset", "Recommended"))).UseGapPace(pace => pace.Tau = 12)
            .AddMentor("one", _ => Linear(4, 3)).AddStudent("pupil", _ => Linear(4, 3)));
        using var scope = NewDisposeScope();
        Tensor student = Classes.Logits(1, 16, 3), labels = Classes.Labels(8, 16, 3);
        var knowing = nn.functional.one_hot(labels, 3).to(ScalarType.Float64) * 20;

        var lesson = host.Services.GetRequiredKeyedService<Classroom>("a").Teach(student.requires_grad_(), [knowing], labels);

        lesson.Temperatures.max().Number().Should().Be(4);
    }

    [Test]
    public void Options_of_the_task_need_no_call_that_chooses_it()
    {
        using var scope = NewDisposeScope();
        using var host = Host(builder =>
        {
            builder.Services.AddClassroom("a").AddMentor("one", _ => Linear(4, 3));
            builder.Services.AddClassroom("b").AddMentor("one", _ => Linear(4, 3))
                .Configure<LogitsTaskOptions>(Settings(("DistillationFactor", "0.25")));
        });
        Tensor student = Classes.Logits(1, 16, 3).requires_grad_(), labels = Classes.Labels(8, 16, 3);
        var knowing = nn.functional.one_hot(labels, 3).to(ScalarType.Float64) * 20;
        double Loss(string name) =>
            host.Services.GetRequiredKeyedService<Classroom>(name).Teach(student, [knowing], labels).MentorLosses.sum().Number();

        Loss("b").Should().BeApproximately(Loss("a") / 4, 1e-9).And.BePositive();
    }

    [Test]
    public void Options_of_the_task_out_of_range_fail_at_start()
    {
        using var host = Host(builder =>
        {
            builder.Services.AddClassroom("a").AddMentor("one", _ => Linear(4, 3));
            builder.Services.Configure<LogitsTaskOptions>("a", options => options.LabelSmoothing = 2);
        });
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().WithMessage("*LabelSmoothing*it is 2.");
    }

    [TestCase("Pace:Tau", "-1", "Tau*between 0 and 1000; it is -1.")]
    [TestCase("Pace:Tau", "NaN", "Tau*; it is NaN.")]
    [TestCase("ConstantTemperature", "0", "ConstantTemperature*; it is 0.")]
    [TestCase("Ranking:RankDecimals", "99", "RankDecimals*between 0 and 15; it is 99.")]
    public void Options_out_of_range_fail_at_start_with_their_name_and_value(string key, string value, string name)
    {
        using var host = Host(builder =>
            builder.Services.AddClassroom("a").Configure(Settings((key, value))).AddMentor("one", _ => Linear(4, 3)));
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().WithMessage($"*{name}*");
    }

    [Test]
    public void Settings_of_null_are_the_defaults()
    {
        const string Json = """
            { "Preset": null, "ConstantTemperature": null, "Ranking": { "Filter": null, "RequireCorrect": null }, "Pace": { "Tau": null },
              "TaskCoefficient": null, "Granularity": null }
            """;
        foreach (var settings in new[] { Json, """{ "Ranking": null, "Pace": null }""" })
        {
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(settings));
            using var host = Host(builder => builder.Services.AddClassroom("a")
                .Configure(options => options.Pace.Tau = 12)
                .Configure(new ConfigurationBuilder().AddJsonStream(stream).Build()).AddMentor("one", _ => Linear(4, 3)));
            host.Services.GetRequiredService<IOptionsMonitor<ClassroomOptions>>().Get("a")
                .Should().BeEquivalentTo(new ClassroomOptions());
        }
    }

    [Test]
    public void Settings_that_change_are_read_again()
    {
        var root = (IConfigurationRoot)Settings(("Pace:Tau", "4"));
        using var host = Host(builder => builder.Services.AddClassroom("a").Configure(root));
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<ClassroomOptions>>();
        monitor.Get("a").Pace.Tau.Should().Be(4);
        root["Pace:Tau"] = "5";
        root.Reload();
        monitor.Get("a").Pace.Tau.Should().Be(5);
    }

    [Test]
    public void Constructors_apply_the_same_rules()
    {
        FluentActions.Invoking(() => new Classroom([new Mentor("one", x => x)], new() { Pace = { Tau = -1 } }))
            .Should().Throw<OptionsValidationException>().WithMessage("*Tau*");
        FluentActions.Invoking(() => new GapPace(new() { Tau = double.NaN }))
            .Should().Throw<OptionsValidationException>().WithMessage("*Tau*");
        FluentActions.Invoking(() => new KnowledgeFilteringRanker(new() { Filter = false, RequireCorrect = true }))
            .Should().Throw<OptionsValidationException>().WithMessage("*RequireCorrect*Filter*");
        FluentActions.Invoking(() => new LogitsTask(new() { LabelSmoothing = 2 }))
            .Should().Throw<OptionsValidationException>().WithMessage("*LabelSmoothing*");
    }

    [Test]
    public void Registering_a_name_again_does_not_undo_a_choice()
    {
        using var host = Host(builder =>
        {
            builder.Services.AddClassroom("a").AddMentor("one", _ => Linear(4, 3)).UseRanker(_ => new UniformRanker());
            builder.Services.AddClassroom("a").AddMentor("two", _ => Linear(4, 3));
        });
        host.Services.GetRequiredKeyedService<IMentorRanker>("a").Should().BeOfType<UniformRanker>();
        host.Services.GetRequiredKeyedService<Classroom>("a").Mentors.Should().HaveCount(2);
    }

    [Test]
    public void Container_disposes_mentors_and_a_classroom_does_not()
    {
        var model = Linear(4, 3);
        var host = Host(builder => builder.Services.AddClassroom("a").AddMentor("one", _ => model));
        host.Services.GetRequiredKeyedService<Classroom>("a").Dispose();
        model.weight.IsInvalid.Should().BeFalse();
        host.Dispose();
        model.weight.IsInvalid.Should().BeTrue();
    }

    [Test]
    public void Classroom_without_a_mentor_fails_by_name()
    {
        using var host = Host(builder => builder.Services.AddClassroom("empty"));
        host.Services.Invoking(services => services.GetRequiredKeyedService<Classroom>("empty"))
            .Should().Throw<ArgumentException>().WithMessage("*'empty'*");
    }
}
