using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using ClassroomKD.Tests.Conventions;
using ClassroomKD.Tests.Core.Training;
using Microsoft.Extensions.Logging;

namespace ClassroomKD.Tests.Core.Telemetry;

/// <summary>The meter and the activity source, and what docs/metrics.md says of them.</summary>
public sealed class MetricsTests
{
    private static string Document() => Path.Combine(Checkout.Root, "docs", "metrics.md");

    [Test]
    public void Every_instrument_is_documented_with_kind_unit_and_no_other()
    {
        RuntimeHelpers.RunClassConstructor(typeof(ClassroomMeter).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(TrainingMeter).TypeHandle);
        var found = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "ClassroomKD")
                    found.Add($"`{instrument.Name}` | {instrument.GetType().Name.Split('`')[0].ToLowerInvariant()} | `{instrument.Unit}`");
            },
        };
        listener.Start();

        var documented = File.ReadLines(Document())
            .TakeWhile(line => !line.StartsWith("## Activities", StringComparison.Ordinal)).Where(line =>
                line.StartsWith("| `classroomkd.", StringComparison.Ordinal))
            .Select(line => string.Join(" | ", line.Split('|')[1..4].Select(cell => cell.Trim()))).ToList();
        documented.Should().BeEquivalentTo(found);
    }

    [Test]
    public void Every_log_event_is_documented_with_its_level_and_no_other()
    {
        var events =
            from type in new[] { typeof(Log), typeof(ClassroomKD.Onnx.OnnxLog) }
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select $"{message.EventId} | {message.Level.ToString().ToLowerInvariant()}";
        var documented = File.ReadLines(Document()).SkipWhile(line => line != "## Log events")
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line[2]))
            .Select(line => string.Join(" | ", line.Split('|')[1..3].Select(cell => cell.Trim())));
        documented.Should().BeEquivalentTo(events);
    }

    [Test]
    public void A_training_makes_activities_for_itself_its_epochs_and_validations()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ClassroomKD",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using (var whole = new TrainingCase(false, true))
            whole.Trainer.Run();

        ended.Select(activity => activity.OperationName).Should().Equal(
            [.. Enumerable.Repeat((string[])["classroomkd.validation", "classroomkd.epoch"], TrainingCase.Epochs).SelectMany(name => name),
                "classroomkd.training"]);
        var training = ended[^1];
        ended.Where(activity => activity.OperationName == "classroomkd.epoch").Should().OnlyContain(activity =>
            activity.ParentId == training.Id);
        foreach (var name in ended.Select(activity => activity.OperationName).Distinct())
            File.ReadAllText(Document()).Should().Contain($"`{name}`");

        ended.Clear();
        using (var dying = new TrainingCase(
            false, false, data: new Points(40, 8) { Before = (_, _) => throw new IOException("no data") }))
            FluentActions.Invoking(() => dying.Trainer.Run()).Should().Throw<IOException>();
        (ended[^1].Status, ended[^1].StatusDescription).Should().Be((ActivityStatusCode.Error, "no data"));
    }

    [Test]
    public void Figures_of_a_training_reach_the_meter()
    {
        var (steps, scores) = (0L, 0);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meter) =>
            {
                if (instrument.Name is "classroomkd.training.steps" or "classroomkd.training.score")
                    meter.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => steps += value);
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => scores += tags.Contains(new("student", "student")) ? 1 : 0);
        listener.Start();
        using var training = new TrainingCase(false, true);
        training.Trainer.Run();

        (steps, scores).Should().Be((15, TrainingCase.Epochs));
    }

    [Test]
    public void A_report_prints_as_a_table()
    {
        TrainingLogTests.Epoch(0).Teaching!.ToString().ReplaceLineEndings("\n").Should().Be("""
            80 samples in 10 lessons. The student: performance 0.400, plain task loss 0.6.
            Mentors give 20.0 % of the loss and 25.0 % of the gradient.
            mentor  taught  weight  temperature  performance    gap  agreement  student ahead  of the loss  NaN
            ------  ------  ------  -----------  -----------  -----  ---------  -------------  -----------  ---
            m       50.0 %    0.25         2.50        0.750  0.200     40.0 %         30.0 %       20.0 %    0
            silent   0.0 %       -            -        0.100      -          -         90.0 %        0.0 %    2
            """.ReplaceLineEndings("\n"));
    }
}
