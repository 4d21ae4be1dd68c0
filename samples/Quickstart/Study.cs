using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Onnx;
using ClassroomKD.Vision;
using Samples;
using TorchSharp;

namespace Quickstart;

/// <summary>The whole run: mentors, then one student in three ways, from the same start and on the same batches, then the results.</summary>
internal sealed class Study(QuickstartOptions options, ImageData data, Trainer trainer)
{
    private const int MentorSeed = 1;
    private const double Alone = 1; // the unit of progress: the student's own training
    private const int StudentDepth = 8;
    private const int StudentWidth = 8;

    // Their work is in the same unit, as measured. The last one is the strongest and also teaches alone.
    private static readonly MentorPlan[] Plans =
    [
        new("resnet8x0.75", 8, 12, 1.5),
        new("resnet14x0.5", 14, 8, 1.8),
        new("resnet14x0.75", 14, 12, 2.6),
    ];

    /// <summary>Runs the study, prints the results and writes weights and plot.</summary>
    public static void Run(QuickstartOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        using var data = ImageData.Load(options.Data, options.Device);
        Console.WriteLine($"Data: {data.Name}, {data.Training.Count} training and {data.Test.Count} test images of {data.Training.ClassNames.Count} classes.");

        var work = Plans.Sum(plan => plan.Work) + options.Seeds * (3 * Alone + Teaching(Plans.Length) + Teaching(1));
        var result = ProgressDisplay.Show(work, progress =>
            new Study(options, data, new Trainer(data, options.Epochs, progress, cancellation)).Run(progress));
        result = result with { Seconds = clock.Elapsed.TotalSeconds };

        var plot = Path.Combine(options.Output, "accuracy.svg");
        AccuracyPlot.Write(result, plot);
        ResultTables.Print(result);
        Console.WriteLine($"Student: {WeightsPath(options)}, {OnnxPath(options)}  Plot: {plot}");
        Console.WriteLine(ResultTables.Json(result, WeightsPath(options), OnnxPath(options), plot));
    }

    private static string WeightsPath(QuickstartOptions options) => Path.Combine(options.Output, "student.safetensors");

    private static string OnnxPath(QuickstartOptions options) => Path.Combine(options.Output, "student.onnx");

    // A mentor's forward pass costs about a third of a training step of its network.
    private static double Teaching(int mentors) => Plans[^mentors..].Sum(plan => plan.Work) / 3;

    private StudyResult Run(ProgressDisplay progress)
    {
        var mentors = new List<Mentor>();
        try
        {
            var accuracies = new List<double>();
            foreach (var plan in Plans)
            {
                var (mentor, accuracy) = TrainOrLoad(plan, progress);
                mentors.Add(mentor);
                accuracies.Add(accuracy);
            }

            var alone = new List<double[]>();
            var withOne = new List<double[]>();
            var together = new List<double[]>();
            using var pair = new Classroom([mentors[^1]], new() { Preset = options.Preset });
            using var classroom = new Classroom(mentors, new() { Preset = options.Preset });
            for (var seed = MentorSeed + 1; seed <= MentorSeed + options.Seeds; seed++)
            {
                alone.Add(TrainStudent("student alone", seed, Alone, null));
                withOne.Add(TrainStudent($"student with {mentors[^1].Name}", seed, Alone + Teaching(1), pair));
                together.Add(TrainStudent("student in the classroom", seed, Alone + Teaching(mentors.Count), classroom));
            }

            var report = classroom.ReadReport();
            return new StudyResult(
                data.Name, data.Training.Count, data.Test.Count, options.Epochs, trainer.Steps, CountParameters(NewStudent(MentorSeed)),
                [.. report.Mentors.Select((mentor, m) => new MentorResult(
                    mentor.Name, CountParameters(new Student(mentor.Name, Network(Plans[m].Depth, Plans[m].Width, MentorSeed))), accuracies[m], mentor.TaughtShare, mentor.MeanWeight, mentor.MeanTemperature))],
                [Result("alone", alone), Result($"with {mentors[^1].Name}", withOne), Result("in the classroom", together)],
                0);
        }
        finally
        {
            mentors.ForEach(mentor => mentor.Dispose());
        }
    }

    private (Mentor Mentor, double Accuracy) TrainOrLoad(MentorPlan plan, ProgressDisplay progress)
    {
        var path = Path.Combine(options.Output, $"{plan.Name}-{data.Name}-{data.Training.Count}-images-{options.Epochs}-epochs.safetensors");
        using var learner = new Student(plan.Name, Network(plan.Depth, plan.Width, MentorSeed));
        if (File.Exists(path))
        {
            learner.Module.LoadWeights(path);
            progress.Advance(plan.Work, $"{plan.Name} (kept)");
        }
        else
        {
            trainer.Train(learner, $"mentor {plan.Name}", MentorSeed, plan.Work);
            learner.Save(path, Card(plan.Name));
        }

        var network = Network(plan.Depth, plan.Width, MentorSeed);
        network.LoadWeights(path);
        return (new Mentor(plan.Name, network), trainer.Accuracy(learner));
    }

    private double[] TrainStudent(string title, int seed, double work, Classroom? classroom)
    {
        using var student = NewStudent(seed);
        var curve = trainer.Train(student, title, seed, work, classroom);
        if (classroom?.Mentors.Count == Plans.Length && seed == MentorSeed + 1)
        {
            var card = Card($"resnet{StudentDepth}, width {StudentWidth}");
            student.Save(WeightsPath(options), card);
            OnnxFile.Write(OnnxPath(options), student.Module, card);
        }
        return curve;
    }

    private ModelCard Card(string network) => new()
    {
        NetworkName = network,
        ClassNames = data.Training.ClassNames,
        InputSize = ((int)data.Training.Images.size(2), (int)data.Training.Images.size(3)),
        Mean = data.Normalization.Mean,
        StandardDeviation = data.Normalization.StandardDeviation,
    };

    private Student NewStudent(int seed) => new("student", Network(StudentDepth, StudentWidth, seed));

    private CifarResNet Network(int depth, int width, int seed)
    {
        torch.random.manual_seed(seed);
        return new CifarResNet(depth, data.Training.ClassNames.Count, width).to(options.Device);
    }

    private static long CountParameters(Student student)
    {
        using (student)
            return student.ParameterCount;
    }

    private StudentResult Result(string name, List<double[]> curves) => new(
        name,
        [.. curves.Select(curve => curve[^1])],
        [.. Enumerable.Range(0, options.Epochs).Select(epoch => curves.Average(curve => curve[epoch]))]);

    /// <param name="Name">What reports call it.</param>
    /// <param name="Depth">Layers.</param>
    /// <param name="Width">Channels of the first stage.</param>
    /// <param name="Work">What its training costs, where the student's own costs 1.</param>
    private sealed record MentorPlan(string Name, int Depth, int Width, double Work);
}
