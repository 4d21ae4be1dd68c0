using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Trains a student, alone or in a classroom: epochs, learning rate, clipping, moving average, validation, early stop, and
/// checkpoints.</summary>
/// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// It is optional: your own loop calls <see cref="Classroom{TAnswer, TTarget}"/> as well. A training with a checkpoint folder that is
/// ended at any moment and begun again ends with the same weights, bit for bit on the CPU, as one that was not ended: a step depends on
/// nothing but the seeds, its number and the weights. libtorch's generator is seeded before each step for this. The trainer owns none of
/// what it is given, and reads nothing back from the device within an epoch.
/// </remarks>
public partial class Trainer<TAnswer, TTarget>
{
    private readonly Student<TAnswer> student;
    private readonly optim.Optimizer optimizer;
    private readonly ITrainingData<TTarget> data;
    private readonly IDistillationTask<TAnswer, TTarget> task;
    private readonly Classroom<TAnswer, TTarget>? classroom;
    private readonly TrainerOptions options;
    private readonly Parameter[] parameters;

    /// <summary>A training in a classroom.</summary>
    /// <param name="student">Who learns.</param>
    /// <param name="optimizer">An optimizer of the student's parameters, such as <see cref="SgdOptimizer"/>.</param>
    /// <param name="data">What is trained on.</param>
    /// <param name="classroom">Who teaches.</param>
    /// <param name="options">Later changes have no effect on what was checked, but do not change them. Default: one epoch.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public Trainer(
        Student<TAnswer> student,
        optim.Optimizer optimizer,
        ITrainingData<TTarget> data,
        Classroom<TAnswer, TTarget> classroom,
        TrainerOptions? options = null
    )
        : this(student, optimizer, data, (classroom ?? throw new ArgumentNullException(nameof(classroom))).Task, options) =>
        this.classroom = classroom;

    /// <summary>A training without mentors, by the task's loss alone.</summary>
    /// <param name="student">Who learns.</param>
    /// <param name="optimizer">An optimizer of the student's parameters, such as <see cref="SgdOptimizer"/>.</param>
    /// <param name="data">What is trained on.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="options">Default: one epoch.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public Trainer(
        Student<TAnswer> student,
        optim.Optimizer optimizer,
        ITrainingData<TTarget> data,
        IDistillationTask<TAnswer, TTarget> task,
        TrainerOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(task);
        (this.student, this.optimizer, this.data, this.task) = (student, optimizer, data, task);
        this.options = new TrainerOptionsValidator().ThrowIfInvalid(options ?? new());
        student.RequireAlive();
        parameters = [.. student.Module.parameters().Where(parameter => parameter.requires_grad)];
    }

    /// <summary>Examines the student after an epoch; usually by the exam of its task on data that it is not trained on.</summary>
    /// <value>Default null: there is no validation.</value>
    public Func<Student<TAnswer>, ValidationResult>? Validate { get; init; }

    /// <summary>Is told after each step where the training stands.</summary>
    /// <value>Default null.</value>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Who watches the training: logs, curves, reports. A <see cref="TrainingDiagnosis"/> among them says what commonly goes wrong; only a
    /// training that a host runs has one by itself.
    /// </summary>
    /// <value>Default: nobody.</value>
    public IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>
    /// The processes that train the student together, each on its part of every batch of the data. All of them call <see cref="Run"/> on
    /// the same data; they begin with the weights of rank 0 and end with the same. <see cref="Validate"/> is called on every rank, and
    /// rank 0's result counts; <see cref="Progress"/> and <see cref="Observers"/> are told on rank 0 alone, which also writes the
    /// checkpoints.
    /// </summary>
    /// <value>Default null: this process trains alone.</value>
    public IDataParallel? Parallel { get; init; }

    /// <summary>The number of steps if the training does not end early.</summary>
    public long Steps => (long)options.Epochs * data.BatchesPerEpoch;

    /// <summary>Trains to the end, or goes on from the newest checkpoint of the folder.</summary>
    /// <param name="cancellation">Ends the training after the step under way, with a checkpoint if there is a folder for it.</param>
    /// <returns>What the epochs gave. The student holds the weights of the last step, or their average if there is one.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing would be learned: the student has no parameters or the optimizer none of them, an epoch has no batch, or there is a
    /// <see cref="TrainerOptions.Patience"/> without <see cref="Validate"/>.
    /// </exception>
    /// <exception cref="CheckpointException">The folder's checkpoint is of another training, all are damaged, or another training is under
    /// way in it.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written; those before it are as they were.</exception>
    public TrainingResult Run(CancellationToken cancellation = default)
    {
        using var activity = ClassroomActivities.Training(student.Name, Steps);
        try
        {
            RequireSomethingToLearn();
            using var run = new TrainingRun(this);
            run.Begin();
            while (run.Position.Epoch < options.Epochs && !run.Position.StoppedEarly)
                run.Epoch(cancellation);
            return run.End();
        }
        catch (Exception exception) when (exception is not OperationCanceledException && AbortsOthers(exception))
        {
            throw;
        }
        catch (Exception exception) when (ClassroomActivities.Failed(activity, exception))
        {
            throw;
        }
    }

    private void RequireSomethingToLearn()
    {
        student.RequireAlive();
        if (parameters.Length == 0)
            throw new InvalidOperationException($"Student '{student.Name}' has no parameter to learn: it has none, or all are frozen.");
        if (data.BatchesPerEpoch < 1)
            throw new InvalidOperationException(
                "The training data has no batch in an epoch, expected at least one. Where an incomplete last batch is dropped, a batch " +
                "may not hold more samples than there are.");
        if (options.Patience is { } patience && Validate is null)
            throw new InvalidOperationException(
                $"Patience is {patience} validations without a better score, but there is no validation: set Validate, or leave Patience " +
                "out.");
        if (!TensorMemory.AnyWithin(parameters, optimizer.parameters()))
            throw new InvalidOperationException(
                $"The optimizer has none of the parameters of student '{student.Name}': make it of student.Module.parameters(), after " +
                "the module was moved to its device.");
    }

    // The others would wait for this process. Never handles the exception.
    private bool AbortsOthers(Exception exception)
    {
        Parallel?.Abort(exception);
        return false;
    }

    private void Tell(Action<ITrainingObserver> tell)
    {
        if (Parallel is { Rank: > 0 })
            return;
        foreach (var observer in Observers)
            tell(observer);
    }

    // Null where the optimizer's own rate stays as it is.
    private double? Rate(long step)
    {
        var warmUp = Math.Min(1, (step + 1.0) / Math.Max(1, options.WarmUpSteps));
        if (options.LearningRate is { } schedule)
            return schedule(step) * warmUp;
        return options.WarmUpSteps > 0 ? optimizer.ParamGroups.First().InitialLearningRate * warmUp : null;
    }

    private (Tensor Loss, Tensor Samples) TaskLoss(TAnswer answer, TTarget targets)
    {
        var step = task.Begin(new StepArguments<TAnswer, TTarget> { Student = answer, Targets = targets });
        Tensor? counted;
        using (no_grad())
            counted = step.Assess().Counted;
        var losses = step.TaskLoss();
        return counted is null
            ? (losses.mean(), full([], Scalars.OfInteger(losses.size(0)), ScalarType.Int64, losses.device))
            : (losses.sum().div(counted.sum().clamp_min(Scalars.One)), counted.sum());
    }
}

/// <summary>Trains a student that answers with one tensor: see <see cref="Trainer{TAnswer, TTarget}"/>.</summary>
public sealed class Trainer : Trainer<Tensor, Tensor>
{
    /// <inheritdoc/>
    public Trainer(
        Student<Tensor> student,
        optim.Optimizer optimizer,
        ITrainingData<Tensor> data,
        Classroom<Tensor, Tensor> classroom,
        TrainerOptions? options = null
    )
        : base(student, optimizer, data, classroom, options) { }

    /// <summary>A training without mentors.</summary>
    /// <param name="student">Who learns.</param>
    /// <param name="optimizer">An optimizer of the student's parameters, such as <see cref="SgdOptimizer"/>.</param>
    /// <param name="data">What is trained on.</param>
    /// <param name="task">What is learned. Default: <see cref="LogitsTask"/>.</param>
    /// <param name="options">Default: one epoch.</param>
    public Trainer(
        Student<Tensor> student,
        optim.Optimizer optimizer,
        ITrainingData<Tensor> data,
        IDistillationTask<Tensor, Tensor>? task = null,
        TrainerOptions? options = null
    )
        : base(student, optimizer, data, task ?? new LogitsTask(), options) { }
}
