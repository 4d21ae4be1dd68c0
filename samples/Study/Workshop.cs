using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Onnx;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>Makes mentors and trains students; what it made lies in the folder of the study.</summary>
internal sealed class Workshop(Grid grid, StudyFolder folder, StudyData data, string? mentorFolder) : IDisposable
{
    private readonly Dictionary<string, MentorAnswers> kept = [];

    public void Dispose()
    {
        foreach (var answers in kept.Values)
            answers.Dispose();
    }

    /// <summary>Makes a mentor: loads, trains or spoils it, and records its answers.</summary>
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

    /// <summary>Trains a student and keeps its weights.</summary>
    public RunLine Train(Run run, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var setting = grid.Methods[run.Method].Settings[run.Setting];
        var module = Networks.Create(grid.Students[run.Student], data.ClassNames.Count, run.Seed, data.Device);
        using var student = new Student(run.Student, module);
        var log = run.IsShown(grid) ? new TrainingLog(folder.LogOf(run)) { Name = grid.Methods[run.Method].Label } : null;
        var result = Teach(student, setting, run.Mentors, grid.Epochs, run.Seed, log, cancellation: cancellation);
        if (run.Stage == Stage.Final)
        {
            var card = data.Card(grid.Students[run.Student]);
            student.Save(folder.WeightsOf(run), card);
            OnnxFile.Write(folder.OnnxOf(run), module, card);
        }

        using var scale = data.CreateScale();
        return new RunLine
        {
            Run = run,
            SettingTried = setting,
            HeldOut = Examine(student, scale, data.HeldOut),
            Test = run.Stage == Stage.Final ? Examine(student, scale, data.Test) : null,
            Loss = result.Epochs[^1].Loss,
            Taught = result.Epochs[^1].Teaching?.Mentors.ToDictionary(mentor => mentor.Name, mentor => mentor.TaughtShare),
            MentorShare = result.Epochs[^1].Teaching is { } report ? report.MentorLoss / (report.MentorLoss + report.TaskLoss) : 0,
            Steps = result.Epochs[^1].Steps,
            Device = data.Device.ToString(),
            Seconds = clock.Elapsed.TotalSeconds,
        };
    }

    private TrainingResult Teach(
        Student student, Setting setting, IReadOnlyList<string> mentors, int epochs, int seed, ITrainingObserver? observer,
        Tensor? labels = null, CancellationToken cancellation = default)
    {
        using var lessons = new Lessons(data, [.. mentors.Select(Answers)], grid.BatchSize, seed, labels);
        using var weights = new FlatWeights(student.Module);
        using var optimizer = new SgdOptimizer(
            [weights.Values], setting.LearningRate ?? grid.LearningRate, momentum: 0.9, weightDecay: 5e-4, nesterov: true);
        using var scale = data.CreateScale();
        var steps = (long)epochs * lessons.BatchesPerEpoch;
        var options = new TrainerOptions
        {
            Epochs = epochs,
            Seed = seed,
            LearningRate = step => LearningRates.Cosine(step, steps, setting.LearningRate ?? grid.LearningRate),
            WarmUpSteps = Math.Max(1, lessons.BatchesPerEpoch / 2),
            ValidateEvery = observer is null ? epochs : 1,
        };
        using var classroom = mentors.Count == 0 ? null : Room.Create(setting, lessons.CreateMentors(), steps);
        ValidationResult Validate(Student<Tensor> learner) => new(Examine(learner, scale, data.HeldOut));
        IReadOnlyList<ITrainingObserver> observers = observer is null ? [] : [observer];
        var trainer = classroom is null
            ? new Trainer(student, optimizer, lessons, new LogitsTask(new() { LabelSmoothing = setting.LabelSmoothing }), options)
            {
                Validate = Validate, Observers = observers,
            }
            : new Trainer(student, optimizer, lessons, classroom, options) { Validate = Validate, Observers = observers };
        return trainer.Run(cancellation);
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
        var setting = plan.Method is { } method ? grid.Methods[method].Settings[0] : new();
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

    private static double Examine(Student<Tensor> student, InputScale scale, (Tensor Images, Tensor Labels) exam)
    {
        using var scope = NewDisposeScope();
        return StudyData.Accuracy(StudyData.Answers(student.Examine, scale, exam.Images), exam.Labels);
    }
}
