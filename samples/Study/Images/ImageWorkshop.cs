using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Onnx;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>Classifiers of images; what the mentors answer is recorded once.</summary>
/// <param name="grid">The grid.</param>
/// <param name="folder">Where everything is kept.</param>
/// <param name="data">The images.</param>
/// <param name="mentorFolder">Where the weights lie that the grid names.</param>
internal sealed class ImageWorkshop(Grid grid, StudyFolder folder, StudyData data, string? mentorFolder) : IWorkshop
{
    private readonly Dictionary<string, MentorAnswers> kept = [];

    public void Dispose()
    {
        foreach (var answers in kept.Values)
            answers.Dispose();
    }

    public MentorLine Make(string name, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var plan = grid.Mentors[name];
        using var scope = NewDisposeScope();
        var (answers, parameters) = plan.Of is { } source ? (Spoiled(name, plan, Answers(source)), null) : Ask(name, plan, cancellation);
        using (answers)
        {
            answers.Write(folder.AnswersOf(name));
            return new MentorLine
            {
                Name = name,
                Network = plan.Network,
                Parameters = parameters,
                HeldOut = StudyData.Accuracy(answers.HeldOut, data.HeldOut.Labels),
                Test = StudyData.Accuracy(answers.Test, data.Test.Labels),
                Seconds = clock.Elapsed.TotalSeconds,
            };
        }
    }

    public RunLine Train(Run run, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var setting = grid.Methods[run.Method].Settings[run.Setting];
        var module = Networks.Create(grid.Students[run.Student], data.ClassNames.Count, run.Seed, data.Device);
        using var student = new Student(run.Student, module);
        var log = run.IsShown(grid) ? new TrainingLog(folder.LogOf(run)) { Name = grid.Methods[run.Method].Label } : null;
        var result = Teach(student, setting, run.Mentors, grid.Epochs, run.Seed, log, null, cancellation);
        if (run.Stage == Stage.Final)
        {
            var card = data.Card(grid.Students[run.Student]);
            student.Save(folder.WeightsOf(run), card);
            OnnxFile.Write(folder.OnnxOf(run), module, card);
        }

        return Course.Line(
            run, setting, result, Examine(student, data.HeldOut), run.Stage == Stage.Final ? Examine(student, data.Test) : null,
            data.Device, clock.Elapsed);
    }

    private TrainingResult Teach(
        Student student, Setting setting, IReadOnlyList<string> mentors, int epochs, int seed, ITrainingObserver? observer, Tensor? labels,
        CancellationToken cancellation)
    {
        using var lessons = new Lessons(data, [.. mentors.Select(Answers)], grid.BatchSize, seed, labels);
        return Course.Train<Tensor, Tensor>(
            grid, setting, student, lessons, Room.Logits(setting), lessons.CreateMentors(), epochs, seed,
            learner => Examine(learner, data.HeldOut), observer, cancellation);
    }

    private (MentorAnswers Answers, long? Parameters) Ask(string name, MentorPlan plan, CancellationToken cancellation)
    {
        using var network = Networks.Create(plan.Network!, data.ClassNames.Count, plan.Seed, data.Device);
        using var scale = data.CreateScale(plan.Mean, plan.Deviation);
        if (plan.Weights is { } file)
            network.LoadWeights(Path.Combine(mentorFolder ?? throw new ArgumentException("This grid needs --mentors, a folder."), file));
        else if (plan.Epochs > 0)
            Learn(name, network, plan, cancellation);
        network.eval();
        return (
            new MentorAnswers(
                name, stack([.. data.Views.Select(view => StudyData.Answers(network.forward, scale, view))]),
                StudyData.Answers(network.forward, scale, data.HeldOut.Images),
                StudyData.Answers(network.forward, scale, data.Test.Images)),
            network.parameters().Sum(parameter => parameter.numel()));
    }

    private void Learn(string name, nn.Module<Tensor, Tensor> network, MentorPlan plan, CancellationToken cancellation)
    {
        var student = new Student(name, network); // whoever made the network disposes it
        using var scope = NewDisposeScope();
        var labels = plan.WrongLabels ? data.Labels.index_select(0, Permutation(data.Count, plan.Seed)) : null;
        var setting = plan.Method is { } method ? grid.Methods[method].Settings[plan.Setting ?? 0] : new();
        Teach(student, setting, plan.TaughtBy, plan.Epochs!.Value, plan.Seed, null, labels, cancellation);
        student.Save(folder.MentorWeightsOf(name), data.Card(plan.Network!));
    }

    private MentorAnswers Spoiled(string name, MentorPlan plan, MentorAnswers source)
    {
        using var factor = tensor((float)plan.Scale, device: data.Device);
        Tensor Change(Tensor answers)
        {
            var scaled = answers.mul(factor);
            return plan.ClassOrder is { } seed ? scaled.index_select(-1, Permutation(data.ClassNames.Count, seed)) : scaled;
        }
        return new(name, Change(source.Training), Change(source.HeldOut), Change(source.Test));
    }

    private Tensor Permutation(int count, int seed)
    {
        var order = Enumerable.Range(0, count).Select(i => (long)i).ToArray();
        new Random(seed).Shuffle(order);
        return tensor(order).to(data.Device);
    }

    private MentorAnswers Answers(string name)
    {
        if (!kept.TryGetValue(name, out var answers))
            kept.Add(name, answers = MentorAnswers.Read(folder.AnswersOf(name), name, data.Device));
        return answers;
    }

    private double Examine(Student<Tensor> student, (Tensor Images, Tensor Labels) exam)
    {
        using var scope = NewDisposeScope();
        using var scale = data.CreateScale();
        return StudyData.Accuracy(StudyData.Answers(student.Examine, scale, exam.Images), exam.Labels);
    }
}
