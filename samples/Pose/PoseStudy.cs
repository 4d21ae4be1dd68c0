using ClassroomKD;
using ClassroomKD.Networks;
using ClassroomKD.Pose;
using Samples;
using Spectre.Console;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>
/// Two heatmap mentors of different sizes and a SimCC mentor, then a small heatmap student alone and in the classroom of all.
/// </summary>
internal sealed class PoseStudy(StudyOptions options, double factor, PoseData data, CancellationToken cancellation)
    : Study<PoseAnswer, PoseTarget, PoseMark>(options, cancellation), IDisposable
{
    private const int BatchSize = 16;

    // Six pixels of the input on both: wide, because narrow peaks among many zeros take tens of thousands of steps to learn.
    private static readonly HeatmapCodec Fine = new(HeatmapEncoding.Dark, 3), Coarse = new(HeatmapEncoding.Dark, 1.5);

    // As RTMPose chooses them: the root of an eighth of the extent.
    private static readonly SimccCodec Bins = new(
        PoseData.Width, PoseData.Height, 2, Math.Sqrt(PoseData.Width / 8.0), Math.Sqrt(PoseData.Height / 8.0));

    private readonly HeatmapTask heatmaps = new(new() { DistillationFactor = factor });
    private readonly SimccTask bins = new();
    private readonly JointTally tally = new();

    protected override string DataKey => $"{data.Name}-{data.Training.Persons.Count}-persons";

    protected override int StepsPerEpoch => data.TrainingLoader(BatchSize, 0, Options.Device).BatchesPerEpoch;

    protected override double LearningRate => 5e-3;

    protected override bool ExaminesEveryEpoch => false;

    protected override IReadOnlyList<Plan<PoseAnswer, PoseTarget>> MentorPlans =>
    [
        Heatmaps("heatmaps 32x24", 2.8, 16, 2, Fine),
        Heatmaps("heatmaps 16x12", 2.6, 20, 4, Coarse),
        new(
            "simcc 128+96 bins", 2.6, () => PoseNetwork.FromSimcc(new SmallSimccNet(20, JointLayout.Coco.Count, Bins), Bins),
            (answer, target) => bins.Begin(new() { Student = answer, Targets = target }).TaskLoss().mean()),
    ];

    protected override Plan<PoseAnswer, PoseTarget> StudentPlan => Heatmaps("student", 1, 8, 4, Coarse);

    protected override IReadOnlyList<Way> Ways => [new("alone", 0), new("in the classroom", 3)];

    /// <summary>Runs the study, prints the results and writes weights and pictures.</summary>
    public static void Run(StudyOptions options, double factor, CancellationToken cancellation)
    {
        var data = PoseData.Load(options.Data);
        Console.WriteLine(
            $"Data: {data.Name}, {data.Training.Persons.Count} persons to learn from and {data.Test.Persons.Count} to be tested " +
            $"on.{LeftOut(data)}");
        using var study = new PoseStudy(options, factor, data, cancellation);
        var result = study.Run();

        var pictures = Path.Combine(options.Output, "poses.png");
        PictureSheet.Write(data.Test, [.. result.Students.Select(student => student.PerSeed.First().Predictions)], pictures);
        study.Print(result);
        Console.WriteLine($"Weights: {study.WeightsPath}  Pictures: {pictures} (top to bottom: annotated, alone, in the classroom)");
        Console.WriteLine(study.Json(result, pictures));
    }

    public void Dispose()
    {
        heatmaps.Dispose();
        bins.Dispose();
        tally.Dispose();
    }

    protected override optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters) => new AdamWOptimizer(parameters, LearningRate);

    protected override Classroom<PoseAnswer, PoseTarget> CreateClassroom(IReadOnlyList<Mentor<PoseAnswer>> mentors) =>
        new(mentors, heatmaps, ranker: tally);

    protected override IEnumerable<(Tensor Images, PoseTarget Target)> Epoch(int seed, int epoch) =>
        data.TrainingLoader(BatchSize, seed, Options.Device).Epoch(epoch, cancellation: Cancellation).Select(
            batch => (batch.Images, batch.Target));

    protected override PoseMark Examine(Func<Tensor, PoseAnswer> answer) => PoseMark.Of(data.Test, PosePredictor.Predict(
        data.TestLoader(Options.Device), images => answer(MemoryOrder.ChannelsLast(images)), cancellation: Cancellation));

    private Plan<PoseAnswer, PoseTarget> Heatmaps(string name, double work, int width, int stride, HeatmapCodec codec) => new(
        name, work, () => PoseNetwork.FromHeatmaps(new SmallPoseNet(width, JointLayout.Coco.Count, stride), codec),
        (answer, target) => heatmaps.Begin(new() { Student = answer, Targets = target }).TaskLoss().mean());

    private static string LeftOut(PoseData data)
    {
        var left = data.Training.LeftOut.Concat(data.Test.LeftOut).GroupBy(pair => pair.Key)
            .Select(group => $"{group.Sum(pair => pair.Value)} {group.Key}").ToList();
        return left.Count == 0 ? "" : $" Left out: {string.Join(", ", left)}.";
    }

    private void Print(StudyResult<PoseMark> result)
    {
        var console = ResultTables.Console(width: 136);
        var marks = ResultTables.Create(
            ResultTables.Text(
                $"{data.Test.Persons.Count} persons; PCK within {PoseMark.PckShare} of the box; AP and AR as COCO's, in percent; ") +
            ResultTables.Text($"student: {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"),
            "network", "parameters", "PCK", "AP", "AP50", "AR", "AR50");
        Func<PoseMark, double>[] figures = [mark => mark.Pck, mark => mark.Ap, mark => mark.Ap50, mark => mark.Ar, mark => mark.Ar50];
        foreach (var mentor in result.Mentors)
            marks.AddRow([
                $"mentor {mentor.Name}", ResultTables.Text($"{mentor.Parameters:N0}"),
                .. figures.Select(figure => ResultTables.Text($"{100 * figure(mentor.Mark):F1}")),
            ]);
        foreach (var student in result.Students)
            marks.AddRow([
                $"student {student.Name}", ResultTables.Text($"{result.StudentParameters:N0}"),
                .. figures.Select(figure => ResultTables.Percent(student, figure)),
            ]);
        console.Write(marks);

        var teaching = ResultTables.Create(
            "Who taught: persons, then joints: how many, and the mean lead over the student in similarity (OKS of one joint)",
            ["mentor", "taught", "weight", "temperature", .. JointsTaught.Groups.Select(group => group.Name)]);
        foreach (var (mentor, joints) in result.Mentors.Zip(tally.Read()))
            teaching.AddRow([
                mentor.Name, ResultTables.Text($"{mentor.Teaching.TaughtShare:P1}"), ResultTables.Text($"{mentor.Teaching.MeanWeight:F2}"),
                ResultTables.Text($"{mentor.Teaching.MeanTemperature:F2}"),
                .. JointsTaught.Groups.Select(group =>
                    ResultTables.Text($"{100 * joints.Share(group.Joints):F0}% {joints.Lead(group.Joints):+.00;-.00;.00}")),
            ]);
        console.Write(teaching);
    }

    private string Json(StudyResult<PoseMark> result, string pictures) => ResultTables.Json(new
    {
        data = data.Name,
        trainingPersons = data.Training.Persons.Count,
        testPersons = data.Test.Persons.Count,
        result.Epochs,
        result.Steps,
        result.StudentParameters,
        pckShare = PoseMark.PckShare,
        mentors = result.Mentors.Zip(tally.Read(), (mentor, joints) => new
        {
            mentor.Name, mentor.Parameters, mentor.Mark.Pck, mentor.Mark.Ap, mentor.Mark.Ap50, mentor.Mark.Ar, mentor.Mark.Ar50,
            mentor.Teaching.TaughtShare, mentor.Teaching.MeanWeight, mentor.MeanTemperature,
            joints = JointsTaught.Groups.ToDictionary(
                group => group.Name, group => new { taught = joints.Share(group.Joints), lead = joints.Lead(group.Joints) }),
        }),
        students = result.Students.Select(student => new
        {
            student.Name, pck = student.Mean(m => m.Pck), ap = student.Mean(m => m.Ap), ap50 = student.Mean(m => m.Ap50),
            ar = student.Mean(m => m.Ar),
            ar50 = student.Mean(m => m.Ar50), pckSpread = student.Spread(m => m.Pck), apSpread = student.Spread(m => m.Ap),
            perSeed = student.PerSeed.Select(mark => new { mark.Pck, mark.Ap, mark.Ap50, mark.Ar, mark.Ar50 }),
        }),
        seconds = Math.Round(result.Seconds, 1),
        weights = WeightsPath,
        pictures,
    });
}
