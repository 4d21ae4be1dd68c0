using System.Reflection;
using ClassroomKD;
using TorchSharp;
using static TorchSharp.torch;

namespace Study;

/// <summary>The training that is the same for images and poses, mentors and students.</summary>
internal static class Course
{
    /// <param name="grid">The grid.</param>
    /// <param name="setting">Rank x gate x pace x loss.</param>
    /// <param name="student">Who learns.</param>
    /// <param name="data">What is trained on.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="mentors">Who teaches; none: the student is alone.</param>
    /// <param name="epochs">How long.</param>
    /// <param name="seed">Decides everything random within a step.</param>
    /// <param name="examine">The score on what is held out.</param>
    /// <param name="observer">Whether curves are kept, and where.</param>
    /// <param name="cancellation">Ends the training.</param>
    public static TrainingResult Train<TAnswer, TTarget>(
        Grid grid, Setting setting, Student<TAnswer> student, ITrainingData<TTarget> data, IDistillationTask<TAnswer, TTarget> task,
        IReadOnlyList<Mentor<TAnswer>> mentors, int epochs, int seed, Func<Student<TAnswer>, double> examine, ITrainingObserver? observer,
        CancellationToken cancellation)
    {
        using var weights = new FlatWeights(student.Module);
        var rate = setting.LearningRate ?? grid.LearningRate;
        using optim.Optimizer optimizer = grid.Adam
            ? new AdamWOptimizer([weights.Values], rate)
            : new SgdOptimizer([weights.Values], rate, momentum: 0.9, weightDecay: 5e-4, nesterov: true);
        var steps = (long)epochs * data.BatchesPerEpoch;
        var options = new TrainerOptions
        {
            Epochs = epochs,
            Seed = seed,
            LearningRate = step => LearningRates.Cosine(step, steps, rate),
            WarmUpSteps = Math.Max(1, data.BatchesPerEpoch / 2),
            ValidateEvery = observer is null ? epochs : 1,
        };
        using var classroom = mentors.Count == 0 ? null : Room.Create(setting, mentors, task, steps);
        ValidationResult Validate(Student<TAnswer> learner) => new(examine(learner));
        IReadOnlyList<ITrainingObserver> observers = observer is null ? [] : [observer];
        var trainer = classroom is null
            ? new Trainer<TAnswer, TTarget>(student, optimizer, data, task, options) { Validate = Validate, Observers = observers }
            : new Trainer<TAnswer, TTarget>(student, optimizer, data, classroom, options) { Validate = Validate, Observers = observers };
        return trainer.Run(cancellation);
    }

    /// <summary>The line of a run.</summary>
    public static RunLine Line(Run run, Setting setting, TrainingResult result, double heldOut, double? test, Device device, TimeSpan time)
    {
        var last = result.Epochs[^1];
        return new RunLine
        {
            Run = run,
            SettingTried = setting,
            HeldOut = heldOut,
            Test = test,
            Loss = last.Loss,
            Taught = last.Teaching?.Mentors.ToDictionary(mentor => mentor.Name, mentor => mentor.TaughtShare),
            MentorShare = last.Teaching is { } report ? report.MentorLoss / (report.MentorLoss + report.TaskLoss) : 0,
            Steps = last.Steps,
            Device = device.ToString(),
            Version = typeof(Classroom).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            Seconds = time.TotalSeconds,
        };
    }
}
