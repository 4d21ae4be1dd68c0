using ClassroomKD;
using ClassroomKD.Onnx;
using ClassroomKD.Reports;
using ClassroomKD.Vision;
using Samples;
using Spectre.Console;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using ValidationResult = ClassroomKD.ValidationResult;

namespace Quickstart;

/// <summary>
/// Three mentors, then a small student alone, with the best mentor, and in the classroom of all; figures are test accuracies.
/// </summary>
internal sealed class ImageStudy(StudyOptions options, ClassroomPreset preset, ImageData data, CancellationToken cancellation)
    : Study<Tensor, Tensor>(options, cancellation)
{
    private const int BatchSize = 64;
    private const string Accuracy = "top-1";

    // At a tenth of their weight mentors leave the loss about as large as the labels do, so that one learning rate suits all ways.
    private readonly LogitsTask task = new(new() { DistillationFactor = 0.1 });

    private readonly ClassificationExam exam = new(
        new ChannelsLastData<Tensor>(
            new BatchSampler(data.Test, new() { BatchSize = 250, Shuffle = false }) { Normalization = data.Normalization }),
        new() { ClassNames = data.Test.ClassNames });

    private List<ReportImage> disagreements = [];

    protected override string Title => $"A small student on {data.Name} images";

    protected override string ScoreName => "accuracy";

    protected override string DataKey => $"{data.Name}-{data.Training.Count}-images";

    protected override double MentorLearningRate => 0.2;

    // A mentor has to know more than the student would learn without it.
    protected override int MentorLessons => 3;

    protected override int ValidateEvery => 1;

    protected override IReadOnlyList<Plan<Tensor, Tensor>> MentorPlans =>
        [Plan("resnet8x0.75", 8, 12, 1.5), Plan("resnet14x0.5", 14, 8, 1.8), Plan("resnet14x0.75", 14, 12, 2.6)];

    protected override Plan<Tensor, Tensor> StudentPlan => Plan("resnet8, width 8", 8, 8, 1);

    protected override IReadOnlyList<Way> Ways =>
        [new("alone", 0, 0.2), new($"with {MentorPlans[^1].Name}", 1, 0.2), new("in the classroom", 3, 0.2)];

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
        Console.WriteLine($"Student: {study.WeightsPath}, {study.OnnxPath}  Plot: {plot}  Report: {study.ReportPath}");
        Console.WriteLine(study.Json(result, plot));
    }

    protected override optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters, double learningRate) =>
        new SgdOptimizer(parameters, learningRate, momentum: 0.9, weightDecay: 5e-4, nesterov: true);

    protected override Classroom<Tensor, Tensor> CreateClassroom(IReadOnlyList<Mentor<Tensor>> mentors) =>
        new Classroom(mentors, new() { Preset = preset }, task);

    protected override ITrainingData<Tensor> CreateData(int seed) =>
        new BatchSampler(data.Training, new() { BatchSize = BatchSize, Seed = seed, DropLast = true })
        {
            Augmentations = [new RandomCropFlip()], Normalization = data.Normalization,
        };

    protected override ValidationResult Validate(Student<Tensor> student) => exam.Validate(student);

    protected override IReadOnlyList<ValidationResult> Examine(IReadOnlyList<Mentor<Tensor>> mentors, Action<string> say)
    {
        var report = exam.Inspect(mentors);
        say($"The mentors on the test images:{Environment.NewLine}{report}");
        disagreements = [.. exam.FindDisagreements(mentors).Select(sample =>
            new ReportImage(data.Test.ToPng(sample.Index), sample.ToString()))];
        return [.. report.Comparison.Results.Select(result => new ValidationResult(result.TopOne))];
    }

    protected override IReadOnlyList<string> GroupNames => data.Training.ClassNames;

    protected override IReadOnlyList<ReportImage> Images => disagreements;

    protected override ModelCard Card(string network) => new()
    {
        NetworkName = network,
        ClassNames = data.Training.ClassNames,
        InputSize = ((int)data.Training.Images.size(2), (int)data.Training.Images.size(3)),
        Mean = data.Normalization.Mean,
        StandardDeviation = data.Normalization.StandardDeviation,
    };

    protected override void Keep(Way way, Student<Tensor> student)
    {
        base.Keep(way, student);
        if (way == Ways[^1])
            OnnxFile.Write(OnnxPath, student.Module, Card(StudentPlan.Name));
    }

    private Plan<Tensor, Tensor> Plan(string name, int depth, int width, double work) =>
        new(name, work, () => new CifarResNet(depth, data.Training.ClassNames.Count, width), task);

    private static void Print(StudyResult result)
    {
        var console = ResultTables.Console(width: 110);
        var mentors = ResultTables.Create("Mentors", "mentor", "parameters", "accuracy", "taught", "mean weight", "mean temperature");
        foreach (var mentor in result.Mentors)
            mentors.AddRow(
                mentor.Name, ResultTables.Text($"{mentor.Parameters:N0}"), ResultTables.Text($"{mentor.Exam.Score:P1}"),
                ResultTables.Text($"{mentor.TaughtShare:P1}"), ResultTables.Text($"{mentor.MeanWeight:F2}"),
                ResultTables.Text($"{mentor.MeanTemperature:F2}"));
        console.Write(mentors);

        var students = ResultTables.Create(
            ResultTables.Text($"Student, {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"), "trained", "accuracy, %",
            "against alone");
        foreach (var student in result.Students)
            students.AddRow(
                student.Name, ResultTables.Percent(student, Accuracy),
                ResultTables.Text($"{100 * (student.Mean(Accuracy) - result.Students[0].Mean(Accuracy)):+0.0;-0.0;0.0} points"));
        console.Write(students);
    }

    private string Json(StudyResult result, string plot) => ResultTables.Json(new
    {
        data = data.Name,
        trainingImages = data.Training.Count,
        testImages = data.Test.Count,
        result.Epochs,
        result.Steps,
        result.StudentParameters,
        mentors = result.Mentors.Select(mentor => new
        {
            mentor.Name, mentor.Parameters, accuracy = mentor.Exam.Score, mentor.TaughtShare, mentor.MeanWeight, mentor.MeanTemperature,
        }),
        students = result.Students.Select(student => new
        {
            student.Name, accuracy = student.Mean(Accuracy), spread = student.Spread(Accuracy), accuracies = student.PerSeed(Accuracy),
        }),
        seconds = Math.Round(result.Seconds, 1),
        weights = WeightsPath,
        onnx = OnnxPath,
        plot,
        report = ReportPath,
    });
}
