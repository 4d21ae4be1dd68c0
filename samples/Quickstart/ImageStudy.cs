using ClassroomKD;
using ClassroomKD.Onnx;
using ClassroomKD.Vision;
using Samples;
using Spectre.Console;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>
/// Three mentors, then a small student alone, with the best mentor, and in the classroom of all; marks are test accuracies.
/// </summary>
internal sealed class ImageStudy(StudyOptions options, ClassroomPreset preset, ImageData data, CancellationToken cancellation)
    : Study<Tensor, Tensor, double>(options, cancellation)
{
    private const int BatchSize = 64;

    protected override string DataKey => $"{data.Name}-{data.Training.Count}-images";

    protected override int StepsPerEpoch => Sampler(0).BatchesPerEpoch;

    protected override double LearningRate => 0.05;

    protected override bool ExaminesEveryEpoch => true;

    protected override IReadOnlyList<Plan<Tensor, Tensor>> MentorPlans =>
        [Plan("resnet8x0.75", 8, 12, 1.5), Plan("resnet14x0.5", 14, 8, 1.8), Plan("resnet14x0.75", 14, 12, 2.6)];

    protected override Plan<Tensor, Tensor> StudentPlan => Plan("resnet8, width 8", 8, 8, 1);

    protected override IReadOnlyList<Way> Ways => [new("alone", 0), new($"with {MentorPlans[^1].Name}", 1), new("in the classroom", 3)];

    private string OnnxPath => Path.Combine(Options.Output, "student.onnx");

    /// <summary>Runs the study, prints the results and writes weights and plot.</summary>
    public static void Run(StudyOptions options, ClassroomPreset preset, CancellationToken cancellation)
    {
        using var data = ImageData.Load(options.Data, options.Device);
        Console.WriteLine(
            $"Data: {data.Name}, {data.Training.Count} training and {data.Test.Count} test images of {data.Training.ClassNames.Count} " +
            "classes.");
        var study = new ImageStudy(options, preset, data, cancellation);
        var result = study.Run();

        var plot = Path.Combine(options.Output, "accuracy.svg");
        AccuracyPlot.Write(result, plot);
        Print(result);
        Console.WriteLine($"Student: {study.WeightsPath}, {study.OnnxPath}  Plot: {plot}");
        Console.WriteLine(study.Json(result, plot));
    }

    protected override optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters) =>
        new SgdOptimizer(parameters, LearningRate, momentum: 0.9, weightDecay: 5e-4, nesterov: true);

    protected override Classroom<Tensor, Tensor> CreateClassroom(IReadOnlyList<Mentor<Tensor>> mentors) =>
        new Classroom(mentors, new() { Preset = preset });

    protected override IEnumerable<(Tensor Images, Tensor Target)> Epoch(int seed, int epoch) =>
        Sampler(seed).Epoch(epoch).Select(batch => (batch.Images, batch.Labels));

    protected override double Examine(Func<Tensor, Tensor> answer)
    {
        using var scope = NewDisposeScope();
        var right = zeros([], ScalarType.Float64, data.Test.Images.device);
        var test = new BatchSampler(data.Test, new() { BatchSize = 250, Shuffle = false }) { Normalization = data.Normalization };
        foreach (var (images, labels) in test.Epoch(0))
        {
            using var inner = NewDisposeScope();
            right.add_(answer(images).argmax(1).eq(labels).sum(ScalarType.Float64), Scalars.One);
        }
        return right.item<double>() / data.Test.Count;
    }

    protected override ModelCard Card(string network) => new()
    {
        NetworkName = network,
        ClassNames = data.Training.ClassNames,
        InputSize = ((int)data.Training.Images.size(2), (int)data.Training.Images.size(3)),
        Mean = data.Normalization.Mean,
        StandardDeviation = data.Normalization.StandardDeviation,
    };

    protected override void Save(Student<Tensor> student)
    {
        base.Save(student);
        OnnxFile.Write(OnnxPath, student.Module, Card(StudentPlan.Name));
    }

    private Plan<Tensor, Tensor> Plan(string name, int depth, int width, double work) => new(
        name, work, () => new CifarResNet(depth, data.Training.ClassNames.Count, width),
        (answer, labels) => nn.functional.cross_entropy(answer, labels));

    private BatchSampler Sampler(int seed) => new(data.Training, new() { BatchSize = BatchSize, Seed = seed, DropLast = true })
    {
        Augmentations = [new RandomCropFlip()], Normalization = data.Normalization,
    };

    private static void Print(StudyResult<double> result)
    {
        var console = ResultTables.Console(width: 110);
        var mentors = ResultTables.Create("Mentors", "mentor", "parameters", "accuracy", "taught", "mean weight", "mean temperature");
        foreach (var mentor in result.Mentors)
            mentors.AddRow(
                mentor.Name, ResultTables.Text($"{mentor.Parameters:N0}"), ResultTables.Text($"{mentor.Mark:P1}"),
                ResultTables.Text($"{mentor.Teaching.TaughtShare:P1}"), ResultTables.Text($"{mentor.Teaching.MeanWeight:F2}"),
                ResultTables.Text($"{mentor.Teaching.MeanTemperature:F2}"));
        console.Write(mentors);

        var students = ResultTables.Create(
            ResultTables.Text($"Student, {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"), "trained", "accuracy, %",
            "against alone");
        foreach (var student in result.Students)
            students.AddRow(
                student.Name, ResultTables.Percent(student, accuracy => accuracy),
                ResultTables.Text($"{100 * (student.Mean(a => a) - result.Students[0].Mean(a => a)):+0.0;-0.0;0.0} points"));
        console.Write(students);
    }

    private string Json(StudyResult<double> result, string plot) => ResultTables.Json(new
    {
        data = data.Name,
        trainingImages = data.Training.Count,
        testImages = data.Test.Count,
        result.Epochs,
        result.Steps,
        result.StudentParameters,
        mentors = result.Mentors.Select(mentor => new
        {
            mentor.Name, mentor.Parameters, accuracy = mentor.Mark, mentor.Teaching.TaughtShare, mentor.Teaching.MeanWeight,
            mentor.MeanTemperature,
        }),
        students = result.Students.Select(student => new
        {
            student.Name, accuracy = student.Mean(a => a), spread = student.Spread(a => a), accuracies = student.PerSeed,
        }),
        seconds = Math.Round(result.Seconds, 1),
        weights = WeightsPath,
        onnx = OnnxPath,
        plot,
    });
}
