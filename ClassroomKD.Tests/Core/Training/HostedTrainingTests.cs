using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClassroomKD.Tests.Core.Training;

public sealed class HostedTrainingTests
{
    private readonly LogLines lines = new(LogLevel.Trace);

    private IHost Host(Points data, Action<TrainerOptions>? configure = null, params string[] names)
    {
        manual_seed(3);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.AddProvider(lines));
        foreach (var name in names)
            builder
                .Services.AddClassroom(name)
                .AddMentor("wide", _ => nn.Linear(6, 4))
                .AddStudent("pupil", _ => nn.Linear(6, 4))
                .AddTrainer(
                    _ => data,
                    student => new SgdOptimizer(student.Module.parameters(), 0.1),
                    options =>
                    {
                        options.Epochs = 3;
                        configure?.Invoke(options);
                    },
                    _ => new ClassificationExam([Points.Draw(64, seed: 99)]).Validate
                );
        return builder.Build();
    }

    // RunAsync would dispose the host.
    private static async Task Run(IHost host, CancellationToken cancellation)
    {
        await host.StartAsync(cancellation);
        await host.WaitForShutdownAsync(cancellation);
    }

    private static string WeightsOf(IHost host, string name) =>
        Sha256.OfTensors(host.Services.GetRequiredKeyedService<Student>(name).Module.state_dict(), "");

    [Test, CancelAfter(60_000)]
    public async Task A_host_trains_and_stops(CancellationToken cancellation)
    {
        using var host = Host(new Points(40, 8), null, "first", "second");
        var before = WeightsOf(host, "first");

        await Run(host, cancellation);

        WeightsOf(host, "first").Should().NotBe(before);
        lines
            .All.Should()
            .Contain("Training 'first' begins with epoch 0.")
            .And.Contain(line => line.StartsWith("Training 'first', epoch 2: loss ", StringComparison.Ordinal))
            .And.Contain(line => line.StartsWith("Training 'second' is done after 3 epochs", StringComparison.Ordinal));
        lines
            .All.ToList()
            .FindIndex(line => line.StartsWith("Training 'second' begins", StringComparison.Ordinal))
            .Should()
            .BeGreaterThan(lines.All.ToList().FindIndex(line => line.StartsWith("Training 'first' is done", StringComparison.Ordinal)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Shut_down_it_writes_a_checkpoint_and_goes_on_from_it(CancellationToken cancellation)
    {
        string expected;
        using (var whole = Host(new Points(40, 8), null, "room"))
        {
            await Run(whole, cancellation);
            expected = WeightsOf(whole, "room");
        }

        using var folder = new TemporaryFolder();
        var reached = new TaskCompletionSource();
        var data = new Points(40, 8)
        {
            Before = (epoch, batch) =>
            {
                if ((epoch, batch) == (1, 2))
                    reached.SetResult();
                if ((epoch, batch) == (1, 3))
                    Thread.Sleep(500);
            },
        };
        using (var first = Host(data, options => options.CheckpointFolder = folder.Root, "room"))
        {
            await first.StartAsync(cancellation);
            await reached.Task;
            await first.StopAsync(cancellation);
        }

        lines.All.Should().Contain("Training 'room' was ended by the host's shutdown.");
        using var second = Host(new Points(40, 8), options => options.CheckpointFolder = folder.Root, "room");
        await Run(second, cancellation);
        lines.All.Should().Contain(line => line.StartsWith("Resumed from step-", StringComparison.Ordinal));
        WeightsOf(second, "room").Should().Be(expected);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_exception_stops_the_host_and_is_logged(CancellationToken cancellation)
    {
        using var host = Host(new Points(40, 8) { Before = (_, _) => throw new IOException("no disk") }, null, "room");
        await host.Invoking(one => one.RunAsync(cancellation)).Should().ThrowAsync<IOException>().WithMessage("no disk");

        lines.All.Should().Contain(line => line.Contains("no disk"));
    }

    [TestCase(true, false, "Classroom 'room' has no student to train; AddStudent adds one.")]
    [TestCase(false, true, "Classroom 'room' has no mentor; AddMentor adds one.")]
    [TestCase(false, false, "Classroom 'room' has no student*Classroom 'room' has no mentor*")]
    public void A_training_without_student_or_mentor_is_refused_at_start(bool mentor, bool student, string message)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        var room = builder.Services.AddClassroom("room")
            .AddTrainer(_ => new Points(40, 8), one => new SgdOptimizer(one.Module.parameters(), 0.1));
        if (mentor)
            room.AddMentor("wide", _ => nn.Linear(6, 4));
        if (student)
            room.AddStudent("pupil", _ => nn.Linear(6, 4));
        using var host = builder.Build();
        host.Invoking(one => one.Start()).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage(message);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_diagnosis_has_the_options_of_the_classroom(CancellationToken cancellation)
    {
        var left = new List<Tensor>();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.AddProvider(lines));
        // 15 steps are too few for the default of 25.
        var section = new ConfigurationBuilder().AddInMemoryCollection([new("TensorSpan", "2")]).Build();
        builder.Services.AddClassroom("room").AddMentor("wide", _ => nn.Linear(6, 4)).AddStudent("pupil", _ => nn.Linear(6, 4))
            .AddTrainer(
                _ => new Points(40, 8) { Before = (_, _) => left.Add(zeros(1).DetachFromDisposeScope()) },
                one => new SgdOptimizer(one.Module.parameters(), 0.1), options => options.Epochs = 3)
            .Configure<DiagnosisOptions>(section);
        using var host = builder.Build();
        await Run(host, cancellation);
        left.ForEach(tensor => tensor.Dispose());
        lines.All.Should().Contain(line => line.Contains("more tensors behind"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_classroom_of_the_applications_own_has_mentors_from_elsewhere(CancellationToken cancellation)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        using var mentor = new Mentor("wide", nn.Linear(6, 4));
        builder.Services.AddKeyedSingleton("room", (_, _) => new Classroom([mentor]));
        builder.Services.AddLogging(logging => logging.AddProvider(lines));
        builder.Services.AddClassroom("room").AddStudent("pupil", _ => nn.Linear(6, 4))
            .AddTrainer(_ => new Points(40, 8), one => new SgdOptimizer(one.Module.parameters(), 0.1));
        using var host = builder.Build();
        await Run(host, cancellation);
        lines.All.Should().Contain(line => line.StartsWith("Training 'room' is done after 1 epochs", StringComparison.Ordinal));
    }

    [Test]
    public void A_second_training_of_one_classroom_is_refused()
    {
        IClassroomBuilder Room(IServiceCollection services, string name) => services.AddClassroom(name)
            .AddTrainer(_ => new Points(40, 8), one => new SgdOptimizer(one.Module.parameters(), 0.1));
        var services = new ServiceCollection();
        Room(services, "first");
        Room(services, "second").Invoking(_ => Room(services, "first")).Should().Throw<InvalidOperationException>()
            .WithMessage("Classroom 'first' has a trainer already*AddClassroom*");
        services.AddClassroom("second").Invoking(room => room.AddTrainer<(Tensor, Tensor), Tensor>(
                _ => new Points(40, 8), one => new SgdOptimizer(one.Module.parameters(), 0.1)))
            .Should().Throw<InvalidOperationException>().WithMessage("Classroom 'second' has a trainer already*");
    }

    [Test]
    public void Options_out_of_range_are_refused_at_start()
    {
        using var host = Host(new Points(40, 8), options => options.WarmUpSteps = -1, "room");
        FluentActions
            .Invoking(() => host.Start())
            .Should()
            .Throw<Microsoft.Extensions.Options.OptionsValidationException>()
            .WithMessage("*WarmUpSteps*");
    }
}
