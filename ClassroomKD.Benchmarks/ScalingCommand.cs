using System.Diagnostics;
using System.Globalization;
using ClassroomKD.Distributed;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// <c>mpirun -n N ... scaling [--batch B] [--steps S]</c>: how fast is a step of N processes with B samples each, against that of one
/// process with B samples while the others rest, and how long do all-reduces take? ResNet-20 in a class of three, on the CPU, one thread
/// for each process.
/// </summary>
internal static class ScalingCommand
{
    private const int Classes = 100;
    private const int Rounds = 3;
    private static readonly string[] Names = ["resnet56", "resnet32", "resnet20"];
    private static readonly long[] Sizes = [1 << 10, 1 << 14, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 100 << 20];

    public static int Run(string[] arguments)
    {
        var (batch, steps) = (Option(arguments, "--batch", 64), Option(arguments, "--steps", 20));
        using var group = ProcessGroup.Create(new() { Threads = 1 });
        if (group.Size == 1)
        {
            Console.Error.WriteLine("mpirun -n N ... scaling: several processes were expected.");
            return 1;
        }

        manual_seed(1);
        using var parallel = new DataParallel(group);
        using var student = new Student("student", VisionNetworks.Create("resnet20", Classes));
        var mentors = Names.Select(name => new Mentor(name, VisionNetworks.Create(name, Classes))).ToArray();
        using var classroom = new Classroom(mentors, new ClassroomOptions { Preset = ClassroomPreset.Batch });
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.01, momentum: 0.9);
        using var gradients = new GradientBuckets(student.Module);
        using var alone = new SingleProcessGroup();
        student.Synchronize(group);
        using var images = randn(batch, 3, 32, 32);
        using var labels = randint(Classes, [batch], ScalarType.Int64);

        (double Step, double Exchange) Measure(IProcessGroup among)
        {
            classroom.Parallel = among.Size == 1 ? null : parallel;
            var exchange = 0L;
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < steps; i++)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var lesson = classroom.Teach(images, student.Answer(images), labels);
                lesson.Loss.backward();
                var reached = Stopwatch.GetTimestamp();
                gradients.AllReduce(among, lesson);
                exchange += Stopwatch.GetTimestamp() - reached;
                optimizer.step();
            }

            return (Stopwatch.GetElapsedTime(began).TotalSeconds / steps, exchange / (double)Stopwatch.Frequency / steps);
        }

        Measure(group);
        var (single, together, exchanged) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            group.Barrier();
            if (group.Rank == 0)
                single.Add(Measure(alone).Step);
            group.Barrier();
            var (step, exchange) = Measure(group);
            together.Add(step);
            exchanged.Add(exchange);
        }

        var reduced = Sizes.Select(bytes => (bytes, Seconds: AllReduce(group, bytes))).ToList();
        if (group.Rank == 0)
            Print(group.Size, batch, Median(single), Median(together), Median(exchanged), student.ParameterCount, reduced);
        Array.ForEach(mentors, mentor => mentor.Dispose());
        return 0;
    }

    private static double AllReduce(IProcessGroup group, long bytes)
    {
        using var tensor = ones(bytes / sizeof(float));
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            group.Barrier();
            var began = Stopwatch.GetTimestamp();
            group.AllReduce(tensor);
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return Median(times);
    }

    private static void Print(
        int processes, int batch, double single, double together, double exchanged, long parameters,
        IReadOnlyCollection<(long Bytes, double Seconds)> reduced)
    {
        Line($"{processes} processes of one thread, {batch} samples each, {Environment.ProcessorCount} processors; medians of {Rounds}");
        Line($"one process alone       {single * 1e3,9:F1} ms a step  {batch / single,9:F1} samples/s");
        Line($"all together            {together * 1e3,9:F1} ms a step  {processes * batch / together,9:F1} samples/s");
        Line($"of {processes} times one's speed  {single / together,9:P1}");
        Line($"gradients' exchange     {exchanged * 1e3,9:F1} ms, {exchanged / together:P1} of a step, waiting for the slower included");
        foreach (var (bytes, seconds) in reduced)
            Line($"all-reduce of {bytes / 1024,7} KB  {seconds * 1e3,9:F3} ms {bytes / seconds / 1e9,9:F2} GB/s");
        var (latency, bandwidth) = Fit(processes, reduced);
        var modeled = Modeled(processes, sizeof(float) * parameters, latency, bandwidth);
        Line($"fitted: l = {latency * 1e6:F1} us, w = {bandwidth / 1e9:F2} GB/s; gradients' exchange by the model {modeled * 1e3:F2} ms");
    }

    // A = 2 (N - 1) l + 2 (N - 1) / N V / w of docs/scaling.md.
    private static double Modeled(int processes, double bytes, double latency, double bandwidth) =>
        2.0 * (processes - 1) * latency + 2.0 * (processes - 1) / processes * bytes / bandwidth;

    // Least squares of the relative errors, so that small messages count as much as large ones.
    private static (double Latency, double Bandwidth) Fit(int processes, IReadOnlyCollection<(long Bytes, double Seconds)> reduced)
    {
        var points = reduced.Select(each => (X: each.Bytes / each.Seconds, One: 1 / each.Seconds)).ToList();
        double xx = points.Sum(p => p.X * p.X), x1 = points.Sum(p => p.X * p.One), ones = points.Sum(p => p.One * p.One);
        double x = points.Sum(p => p.X), one = points.Sum(p => p.One), determinant = xx * ones - x1 * x1;
        var (perByte, constant) = ((x * ones - one * x1) / determinant, (one * xx - x * x1) / determinant);
        return (constant / (2 * (processes - 1)), 2.0 * (processes - 1) / processes / perByte);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static int Option(string[] arguments, string name, int otherwise) =>
        Array.IndexOf(arguments, name) is var at and >= 0 ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
