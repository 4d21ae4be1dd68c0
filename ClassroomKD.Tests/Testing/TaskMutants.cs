using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Testing;

/// <summary>Tasks with a fault each: that of logits, changed.</summary>
internal static class TaskMutants
{
    private const string Performances = "Performances are [1+M, B] in [0, 1]",
        Granularity = "A performance of the batch is the same for all samples",
        TaskLoss = "The task loss is [B], part of the student's graph, and needs no mentor",
        Parts = "The distillation loss is the sum of its parts [M, B]", Gradient = "The gradient in float64 equals central differences",
        Weights = "Twice the weights are twice the loss", Silent = "Where the weight is 0 nothing is read",
        NaN = "A mentor that answered NaN is not eligible", Detached = "Nothing flows into the mentors",
        Mentors = "Permuting the mentors permutes the result", Forms = "A mentor's answer of another form is refused by name",
        Memory = "Remembers nothing that a checkpoint does not hold", Device = "Computes on the device and reads nothing back";

    public static IEnumerable<Mutant> All =>
    [
        new("performances above 1", Performances, Task(assess: (right, _) => right.With(right.Performances.mul(Scalars.Two)))),
        new("a graph of the student's in what rankers read", Performances, Task(assess: (right, batch) =>
            new Told { Performances = right.Performances, Logits = batch.Student })),
        new("granularity ignored", Granularity, Task(batch => batch with { Granularity = PerformanceGranularity.Sample })),
        new("the mean in place of each sample's loss", TaskLoss, Task(taskLoss: losses => losses.mean())),
        new("a loss without the student", TaskLoss, Task(taskLoss: losses => losses.detach())),
        new("a task loss that is half detached", Gradient, Task(taskLoss: losses => losses.add(losses.detach(), Scalars.One))),
        new("half of the distillation detached", Gradient, Task(distill: (loss, _) =>
            loss with { Total = loss.Total.add(loss.Total.detach(), Scalars.One).mul(Scalars.Half) })),
        new("a total that is a mean", Parts, Task(distill: (loss, _) => loss with { Total = loss.Total.mul(Scalars.Half) })),
        new("parts with a graph", Parts, Task(distill: (loss, _) => loss with { PerMentor = loss.PerMentor.mul(loss.Total) })),
        new("weights ignored", Weights, Task(weigh: weights => ones_like(weights))),
        new("a gate that does not close", Silent, Task(weigh: weights => weights.clamp_min(Scalars.Of(0.05)))),
        new("a mentor of NaN that may teach", NaN, Task(assess: (right, _) => new Assessment { Performances = right.Performances })),
        new("a performance of NaN", NaN, Task(assess: (right, _) => right.With(right.Performances.masked_fill(
            right.Eligible!.any(0).logical_not(), Scalars.Zero).masked_fill(right.Finite!.all(0).logical_not(), Scalars.Half)))),
        new("a mentor that is not detached", Detached, Task(distill: (loss, batch) =>
            loss with { Total = loss.Total.add(batch.Mentors[0].mean(), Scalars.One) })),
        new("the parts of other mentors", Mentors, Task(distill: (loss, _) => loss with { PerMentor = loss.PerMentor.roll(1, 0) })),
        new("other forms cut to size", Forms, Task(batch => batch with
        {
            Mentors = [.. batch.Mentors.Select(mentor => mentor.narrow(0, 0, Math.Min(mentor.size(0), batch.Student.size(0))))],
        })),
        new("batches counted", Memory, OwnParts.LogitsTaskRules(() =>
        {
            var batches = 0;
            return new Changed(null, null, losses => losses.mul(Scalars.Of(++batches)), null, null);
        })),
        new("a weight read back", Device, Task(weigh: weights => weights.max().item<double>() > 9 ? weights.mul(Scalars.Half) : weights)),
    ];

    private static TaskConformance<Tensor, Tensor> Task(
        Func<StepArguments<Tensor, Tensor>, StepArguments<Tensor, Tensor>>? batch = null,
        Func<Assessment, StepArguments<Tensor, Tensor>, Assessment>? assess = null,
        Func<Tensor, Tensor>? taskLoss = null, Func<DistillationLoss, StepArguments<Tensor, Tensor>, DistillationLoss>? distill = null,
        Func<Tensor, Tensor>? weigh = null) => OwnParts.LogitsTaskRules(() => new Changed(batch, assess, taskLoss, distill, weigh));

    private sealed class Changed(
        Func<StepArguments<Tensor, Tensor>, StepArguments<Tensor, Tensor>>? batch,
        Func<Assessment, StepArguments<Tensor, Tensor>, Assessment>? assess,
        Func<Tensor, Tensor>? taskLoss, Func<DistillationLoss, StepArguments<Tensor, Tensor>, DistillationLoss>? distill,
        Func<Tensor, Tensor>? weigh) : IDistillationTask<Tensor, Tensor>
    {
        public IDistillationStep Begin(in StepArguments<Tensor, Tensor> arguments)
        {
            var given = batch?.Invoke(arguments) ?? arguments;
            return new Step(this, given, new LogitsTask().Begin(given));
        }

        private sealed class Step(Changed task, StepArguments<Tensor, Tensor> given, IDistillationStep right) : IDistillationStep
        {
            public Assessment Assess() => task.Assessed(right.Assess(), given);

            public Tensor TaskLoss() => task.Own(right.TaskLoss());

            public DistillationLoss Distill(in DistillationArguments arguments) =>
                task.Distilled(right.Distill(arguments with { Weights = task.Weighed(arguments.Weights) }), given);
        }

        private Assessment Assessed(Assessment right, StepArguments<Tensor, Tensor> given) => assess?.Invoke(right, given) ?? right;

        private Tensor Own(Tensor right) => taskLoss?.Invoke(right) ?? right;

        private Tensor Weighed(Tensor right) => weigh?.Invoke(right) ?? right;

        private DistillationLoss Distilled(DistillationLoss right, StepArguments<Tensor, Tensor> given) =>
            distill?.Invoke(right, given) ?? right;
    }

    private sealed class Told : Assessment
    {
        public required Tensor Logits { get; init; }
    }
}
