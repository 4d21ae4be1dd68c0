using System.Diagnostics;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core;

/// <summary>
/// Training beside threads that provoke collections without pause: no failure, and the same losses bit for bit. Two minutes;
/// <c>CLASSROOMKD_SOAK_MINUTES</c> sets another length.
/// </summary>
[Category("Soak")]
public sealed class SoakTests
{
    private const int StepsPerRun = 12;

    [Test]
    public void Training_survives_the_collector_and_stays_the_same_bit_for_bit()
    {
        var setting = Environment.GetEnvironmentVariable("CLASSROOMKD_SOAK_MINUTES");
        var minutes = double.TryParse(setting, System.Globalization.CultureInfo.InvariantCulture, out var wanted) ? wanted : 2;
        var quiet = Train();
        quiet.Should().OnlyContain(loss => double.IsFinite(loss));

        using var stop = new CancellationTokenSource();
        var allocators = Enumerable.Range(0, 2).Select(_ => new Thread(() => Allocate(stop.Token)) { IsBackground = true }).ToList();
        allocators.ForEach(thread => thread.Start());
        var collections = GC.CollectionCount(0);
        var runs = 0;
        try
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(minutes); runs++)
                Train().Should().Equal(quiet, $"run {runs} sees the same data from the same start");
        }
        finally
        {
            stop.Cancel();
            allocators.ForEach(thread => thread.Join());
        }
        collections = GC.CollectionCount(0) - collections;
        TestContext.Out.WriteLine($"{runs * StepsPerRun} steps beside {collections} collections.");
        collections.Should().BeGreaterThan(runs * StepsPerRun, "otherwise nothing was tested");
    }

    private static List<double> Train()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        using var mentorOne = new Mentor("one", new CifarResNet(8, 10));
        using var mentorTwo = new Mentor("two", new CifarResNet(8, 10));
        using var student = new Student("student", new CifarResNet(8, 10));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4);
        using var classroom = new Classroom([mentorOne, mentorTwo], new() { Preset = ClassroomPreset.Sample });
        var losses = new List<double>();
        for (var step = 0; step < StepsPerRun; step++)
        {
            using var inner = NewDisposeScope();
            var images = randn(16, 3, 32, 32);
            var labels = randint(0, 10, [16], ScalarType.Int64);
            optimizer.zero_grad();
            var lesson = classroom.Teach(images, student.Answer(images), labels);
            lesson.Loss.backward();
            optimizer.step();
            losses.Add(lesson.Loss.item<float>());
        }
        return losses;
    }

    private static void Allocate(CancellationToken stop)
    {
        var kept = new byte[64][];
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            kept[i % kept.Length] = new byte[50_000];
            if (i % 2_000 == 0)
                GC.Collect(0, GCCollectionMode.Forced);
        }
    }
}
