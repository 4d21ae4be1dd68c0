using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Networks;
using ClassroomKD.Pose;
using PoseSample;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>Heatmap and SimCC networks on generated figures; the mentors answer while they teach, or their answers to each epoch are
/// recorded.</summary>
internal sealed class PoseWorkshop : IWorkshop
{
    // As in the sample Pose, which says why.
    private static readonly HeatmapCodec Fine = new(HeatmapEncoding.Dark, 3), Coarse = new(HeatmapEncoding.Dark, 1.5);

    private static readonly SimccCodec Bins = new(
        PoseData.Width, PoseData.Height, 2, Math.Sqrt(PoseData.Width / 8.0), Math.Sqrt(PoseData.Height / 8.0));

    // What is recorded is one order of the figures, with one augmentation of each in each epoch; seeds then differ in the students alone.
    private const int RecordedSeed = 1;

    private readonly Grid grid;
    private readonly StudyFolder folder;
    private readonly Device device;
    private readonly PoseData heldOut;
    private readonly PoseData test;

    public PoseWorkshop(Grid grid, StudyFolder folder, Device device)
    {
        (this.grid, this.folder, this.device) = (grid, folder, device);
        if (grid.Views != 0 && grid.Views != grid.Epochs)
            throw new InvalidDataException(
                $"Poses are recorded for each of the {grid.Epochs} epochs or not at all; 'views' is {grid.Views}.");
        var training = ArticulatedFigures.Generate(grid.GeneratedPersons!.Value, seed: 1);
        heldOut = new("generated", true, training, ArticulatedFigures.Generate(grid.HeldOut, seed: 3));
        test = new("generated", true, training, ArticulatedFigures.Generate(2 * grid.HeldOut, seed: 2));
    }

    public MentorLine Make(string name, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var plan = grid.Mentors[name];
        if (plan is not { Network: { } kind, Epochs: { } epochs, WrongLabels: false, Of: null, TaughtBy: [] })
            throw new InvalidDataException($"Mentor '{name}': of poses, only networks that the study trains on the truth can be mentors.");
        var network = Create(kind, plan.Seed);
        using var student = new Student<PoseAnswer>(name, network);
        if (File.Exists(folder.MentorWeightsOf(name)))
            network.LoadWeights(folder.MentorWeightsOf(name));
        else if (epochs > 0)
            Teach(student, kind, new(), Loader(plan.Seed), [], epochs, plan.Seed, null, cancellation);
        student.Save(folder.MentorWeightsOf(name));
        if (grid.Views > 0)
        {
            using var mentor = Load(name);
            RecordedLessons.Record(
                folder.LessonsOf(name), [mentor], Loader(RecordedSeed),
                new() { Variants = grid.Views, Form = RecordedForm.Half }, cancellation: cancellation);
        }
        return new MentorLine
        {
            Name = name,
            Network = kind,
            Parameters = student.ParameterCount,
            HeldOut = Score(student, heldOut),
            Test = Score(student, test),
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    public RunLine Train(Run run, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (setting, kind) = (grid.Methods[run.Method].Settings[run.Setting], grid.Students[run.Student]);
        var mentors = run.Mentors.Select(name => grid.Views > 0 ? Recorded(name) : Load(name)).ToList();
        try
        {
            using var student = new Student<PoseAnswer>(run.Student, Create(kind, run.Seed));
            var log = run.IsShown(grid) ? new TrainingLog(folder.LogOf(run)) { Name = grid.Methods[run.Method].Label } : null;
            var result = Teach(student, kind, setting, Data(run), mentors, grid.Epochs, run.Seed, log, cancellation);
            if (run.Stage == Stage.Final)
                student.Save(folder.WeightsOf(run));
            return Course.Line(
                run, setting, result, Score(student, heldOut), run.Stage == Stage.Final ? Score(student, test) : null, device,
                clock.Elapsed);
        }
        finally
        {
            mentors.ForEach(mentor => mentor.Dispose());
        }
    }

    public void Dispose()
    {
    }

    private TrainingResult Teach(
        Student<PoseAnswer> student, string kind, Setting setting, ITrainingData<PoseTarget> data,
        IReadOnlyList<Mentor<PoseAnswer>> mentors, int epochs, int seed, ITrainingObserver? observer, CancellationToken cancellation)
    {
        using PoseTask task = kind == "simcc"
            ? new SimccTask(new() { DistillationFactor = setting.Factor ?? 1 })
            : new HeatmapTask(new() { DistillationFactor = setting.Factor ?? 1 });
        return Course.Train(
            grid, setting, student, data, task, mentors, epochs, seed, learner => Score(learner, heldOut), observer, cancellation);
    }

    private PoseLoader Loader(int seed) => heldOut.TrainingLoader(grid.BatchSize, seed, device);

    private ITrainingData<PoseTarget> Data(Run run) => grid.Views == 0
        ? Loader(run.Seed)
        : run.Mentors is [var name, ..]
            ? RecordedLessons.Open(folder.LessonsOf(name)).Replay(Loader(RecordedSeed))
            : Loader(RecordedSeed);

    private Mentor<PoseAnswer> Recorded(string name) => RecordedLessons.Open(folder.LessonsOf(name)).CreatePoseMentor(name);

    private Mentor<PoseAnswer> Load(string name)
    {
        var network = Create(grid.Mentors[name].Network!, seed: 0);
        network.LoadWeights(folder.MentorWeightsOf(name));
        return new(name, network);
    }

    // PCK, since COCO's AP of a network that is small and new is mostly noise.
    private double Score(Student<PoseAnswer> student, PoseData persons) => PckMetric.Evaluate(
        persons.Test,
        PosePredictor.Predict(persons.TestLoader(device), images => student.Examine(MemoryOrder.ChannelsLast(images))),
        PoseFigures.PckShare).Mean;

    private PoseNetwork Create(string kind, int seed)
    {
        random.manual_seed(seed);
        var joints = JointLayout.Coco.Count;
        var network = kind switch
        {
            "heatmaps-fine" => PoseNetwork.FromHeatmaps(new SmallPoseNet(16, joints, 2), Fine),
            "heatmaps-coarse" => PoseNetwork.FromHeatmaps(new SmallPoseNet(20, joints, 4), Coarse),
            "heatmaps-small" => PoseNetwork.FromHeatmaps(new SmallPoseNet(8, joints, 4), Coarse),
            "simcc" => PoseNetwork.FromSimcc(new SmallSimccNet(20, joints, Bins), Bins),
            _ => throw new ArgumentException($"No network of poses is named '{kind}'."),
        };
        network.to(device);
        return network;
    }
}
