using ClassroomKD;
using ClassroomKD.Networks;
using ClassroomKD.Pose;
using ClassroomKD.Reports;
using Samples;
using Spectre.Console;
using TorchSharp.Modules;
using static TorchSharp.torch;
using ValidationResult = ClassroomKD.ValidationResult;

namespace PoseSample;

/// <summary>
/// Two heatmap mentors of different sizes and a SimCC mentor, then a small heatmap student alone and in the classroom of all.
/// </summary>
internal sealed class PoseStudy(StudyOptions options, double factor, PoseData data, CancellationToken cancellation)
    : Study<PoseAnswer, PoseTarget>(options, cancellation), IDisposable
{
    private const int BatchSize = 16;

    // Six pixels of the input on both: wide, because narrow peaks among many zeros take tens of thousands of steps to learn.
    private static readonly HeatmapCodec Fine = new(HeatmapEncoding.Dark, 3), Coarse = new(HeatmapEncoding.Dark, 1.5);

    // As RTMPose chooses them: the root of an eighth of the extent.
    private static readonly SimccCodec Bins = new(
        PoseData.Width, PoseData.Height, 2, Math.Sqrt(PoseData.Width / 8.0), Math.Sqrt(PoseData.Height / 8.0));

    private readonly HeatmapTask heatmaps = new(new() { DistillationFactor = factor });
    private readonly SimccTask bins = new();
    private readonly List<NamedPredictions> seen = []; // the mentors', then those of the students of the first seed

    protected override string Title => $"A small student on {data.Name} persons";

    protected override string ScoreName => "AP";

    protected override string DataKey => $"{data.Name}-{data.Training.Persons.Count}-persons";

    protected override double MentorLearningRate => 5e-3;

    protected override int ValidateEvery => Options.Epochs;

    protected override IReadOnlyList<Plan<PoseAnswer, PoseTarget>> MentorPlans =>
    [
        Heatmaps("heatmaps 32x24", 2.8, 16, 2, Fine),
        Heatmaps("heatmaps 16x12", 2.6, 20, 4, Coarse),
        new(
            "simcc 128+96 bins", 2.6, () => PoseNetwork.FromSimcc(new SmallSimccNet(20, JointLayout.Coco.Count, Bins), Bins), bins),
    ];

    protected override Plan<PoseAnswer, PoseTarget> StudentPlan => Heatmaps("student", 1, 8, 4, Coarse);

    // One rate for both would hold the student alone back, which needs a higher one: docs/results-poses.md.
    protected override IReadOnlyList<Way> Ways => [new("alone", 0, 0.04), new("in the classroom", 3, 0.02)];

    /// <summary>Runs the study, prints the results and writes weights and pictures.</summary>
    public static void Run(StudyOptions options, double factor, CancellationToken cancellation)
    {
        var data = PoseData.Load(options.Data);
        Console.WriteLine(
            $"Data: {data.Name}, {data.Training.Persons.Count} persons to learn from and {data.Test.Persons.Count} to be tested " +
            $"on.{LeftOut(data)}");
        using var study = new PoseStudy(options, factor, data, cancellation);
        var result = study.Run();
        study.Print(result);
        Console.WriteLine($"Weights: {study.WeightsPath}  Report: {study.ReportPath}");
        Console.WriteLine(study.Json(result));
    }

    public void Dispose()
    {
        heatmaps.Dispose();
        bins.Dispose();
    }

    protected override optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters, double learningRate) =>
        new AdamWOptimizer(parameters, learningRate);

    protected override Classroom<PoseAnswer, PoseTarget> CreateClassroom(IReadOnlyList<Mentor<PoseAnswer>> mentors) =>
        new(mentors, heatmaps);

    protected override ITrainingData<PoseTarget> CreateData(int seed) => data.TrainingLoader(BatchSize, seed, Options.Device);

    protected override ValidationResult Validate(Student<PoseAnswer> student) => PoseFigures.Of(data.Test, Predict(student.Examine));

    protected override IReadOnlyList<ValidationResult> Examine(IReadOnlyList<Mentor<PoseAnswer>> mentors, Action<string> say)
    {
        seen.AddRange(mentors.Select(mentor => new NamedPredictions(mentor.Name, Predict(mentor.Answer))));
        return [.. seen.Select(mentor => PoseFigures.Of(data.Test, mentor.Predictions))];
    }

    protected override IReadOnlyList<string> GroupNames => data.Training.Joints.Names;

    protected override void Keep(Way way, Student<PoseAnswer> student)
    {
        base.Keep(way, student);
        seen.Add(new(way.Name, Predict(student.Examine)));
    }

    protected override IReadOnlyList<ReportImage> Images =>
        [.. PoseDisagreement.Find(data.Test, seen[..MentorPlans.Count], seen[^1]).Select(Picture)];

    private IReadOnlyList<PosePrediction> Predict(Func<Tensor, PoseAnswer> answer) => PosePredictor.Predict(
        data.TestLoader(Options.Device), images => answer(MemoryOrder.ChannelsLast(images)), cancellation: Cancellation);

    private ReportImage Picture(PoseDisagreement found)
    {
        var person = data.Test.Persons[found.Person];
        using var image = data.Test.ReadImage(found.Person);
        using var poses = SkeletonDrawing.SideBySide(
            image, person, [person.Keypoints, .. found.Answers.Select(answer => answer.Prediction?.Keypoints)], data.Test.Joints);
        return new(poses.ToPng(), $"annotated\n{found}");
    }

    private Plan<PoseAnswer, PoseTarget> Heatmaps(string name, double work, int width, int stride, HeatmapCodec codec) =>
        new(name, work, () => PoseNetwork.FromHeatmaps(new SmallPoseNet(width, JointLayout.Coco.Count, stride), codec), heatmaps);

    private static IEnumerable<JointsTaught> Joints(StudyResult result)
    {
        GroupReport[] reports = [.. result.Students[^1].Trainings.SelectMany(training => training.Epochs)
            .Select(epoch => epoch.Teaching!.Groups!)];
        return result.Mentors.Select((_, m) => new JointsTaught(reports, m));
    }

    private static string LeftOut(PoseData data)
    {
        var left = data.Training.LeftOut.Concat(data.Test.LeftOut).GroupBy(pair => pair.Key)
            .Select(group => $"{group.Sum(pair => pair.Value)} {group.Key}").ToList();
        return left.Count == 0 ? "" : $" Left out: {string.Join(", ", left)}.";
    }

    private void Print(StudyResult result)
    {
        var console = ResultTables.Console(width: 136);
        var marks = ResultTables.Create(
            ResultTables.Text(
                $"{data.Test.Persons.Count} persons; PCK within {PoseFigures.PckShare} of the box; AP and AR as COCO's, in percent; ") +
            ResultTables.Text($"student: {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"),
            ["network", "parameters", .. PoseFigures.Names]);
        foreach (var mentor in result.Mentors)
            marks.AddRow([
                $"mentor {mentor.Name}", ResultTables.Text($"{mentor.Parameters:N0}"),
                .. PoseFigures.Names.Select(figure => ResultTables.Text($"{100 * mentor.Exam.Figures![figure]:F1}")),
            ]);
        foreach (var student in result.Students)
            marks.AddRow([
                $"student {student.Name}", ResultTables.Text($"{result.StudentParameters:N0}"),
                .. PoseFigures.Names.Select(figure => ResultTables.Percent(student, figure)),
            ]);
        console.Write(marks);

        var teaching = ResultTables.Create(
            "Who taught: persons, then joints: how many, and the mean lead over the student in similarity (OKS of one joint)",
            ["mentor", "taught", "weight", "temperature", .. JointsTaught.Groups.Select(group => group.Name)]);
        foreach (var (mentor, joints) in result.Mentors.Zip(Joints(result)))
            teaching.AddRow([
                mentor.Name, ResultTables.Text($"{mentor.TaughtShare:P1}"), ResultTables.Text($"{mentor.MeanWeight:F2}"),
                ResultTables.Text($"{mentor.MeanTemperature:F2}"),
                .. JointsTaught.Groups.Select(group =>
                    ResultTables.Text($"{100 * joints.Share(group.Joints):F0}% {joints.Lead(group.Joints):+.00;-.00;.00}")),
            ]);
        console.Write(teaching);
    }

    private string Json(StudyResult result) => ResultTables.Json(new
    {
        data = data.Name,
        trainingPersons = data.Training.Persons.Count,
        testPersons = data.Test.Persons.Count,
        result.Epochs,
        result.Steps,
        result.StudentParameters,
        pckShare = PoseFigures.PckShare,
        mentors = result.Mentors.Zip(Joints(result), (mentor, joints) => new
        {
            mentor.Name, mentor.Parameters, pck = mentor.Exam.Figures!["PCK"], ap = mentor.Exam.Figures["AP"],
            ap50 = mentor.Exam.Figures["AP50"], ar = mentor.Exam.Figures["AR"], ar50 = mentor.Exam.Figures["AR50"],
            mentor.TaughtShare, mentor.MeanWeight, mentor.MeanTemperature,
            joints = JointsTaught.Groups.ToDictionary(
                group => group.Name, group => new { taught = joints.Share(group.Joints), lead = joints.Lead(group.Joints) }),
        }),
        students = result.Students.Select(student => new
        {
            student.Name, pck = student.Mean("PCK"), ap = student.Mean("AP"), ap50 = student.Mean("AP50"), ar = student.Mean("AR"),
            ar50 = student.Mean("AR50"), pckSpread = student.Spread("PCK"), apSpread = student.Spread("AP"),
            perSeed = student.Trainings.Select(training => training.Epochs[^1].Validation!.Figures!).Select(figures => new
            {
                pck = figures["PCK"], ap = figures["AP"], ap50 = figures["AP50"], ar = figures["AR"], ar50 = figures["AR50"],
            }),
        }),
        seconds = Math.Round(result.Seconds, 1),
        weights = WeightsPath,
        report = ReportPath,
    });
}
