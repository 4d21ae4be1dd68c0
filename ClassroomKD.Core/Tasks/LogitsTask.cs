using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>The task whose answers are logits <c>[B, C]</c> over C categories, and the default of a classroom (method, steps 1, 2 and 6).</summary>
/// <remarks>
/// Targets are class indices, int64 <c>[B]</c>, or distributions, floating point <c>[B, C]</c>. A performance is <c>exp(-CE)</c>: for a class
/// index the probability of the true class; for the whole batch the geometric mean over its samples. An answer is right where its largest
/// logit is at the target's largest entry. Logits in half precision are computed in float32.
/// </remarks>
public sealed class LogitsTask : IDistillationTask<Tensor, Tensor>
{
    private readonly double smoothing;
    private readonly long ignoreIndex;
    private readonly Scalar ignored;
    private readonly ILogitsDistillationLoss? loss;
    private readonly KernelImplementation kernel;

    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: no smoothing, -100 ignored, softmax-KL.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range; the message names it.</exception>
    public LogitsTask(LogitsTaskOptions? options = null)
    {
        options ??= new();
        LogitsTaskOptionsValidator.ThrowIfInvalid(options);
        smoothing = options.LabelSmoothing;
        ignoreIndex = options.IgnoreIndex;
        ignored = Scalars.Of(ignoreIndex);
        loss = options.Loss;
        kernel = options.Kernel;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The student's answer or the targets have another form than stated.</exception>
    public Assessment Assess(in AssessmentArguments<Tensor, Tensor> arguments)
    {
        Require(arguments);
        var targets = arguments.Targets;
        var counted = IsClassIndex(targets) ? targets.ne(ignored) : null;
        var answers = MultiMentorCrossEntropy.Compute(new MultiMentorCrossEntropyArguments
        {
            Student = arguments.Student.detach(),
            Mentors = arguments.Mentors,
            Targets = smoothing == 0 ? targets : Distribution(targets, arguments.Student),
            IgnoreIndex = ignoreIndex,
            Implementation = kernel,
        });
        var (crossEntropies, usable) = (answers.CrossEntropy, answers.Finite);

        var known = counted is null ? usable : usable.logical_and(counted);
        var unknown = known.logical_not();
        crossEntropies = crossEntropies.masked_fill(unknown, Scalars.Zero);
        if (arguments.Granularity == PerformanceGranularity.Batch)
            crossEntropies = crossEntropies.sum(1, keepdim: true).div(known.sum(1, keepdim: true).clamp_min(Scalars.One)).expand_as(crossEntropies);

        return new LogitsAssessment(arguments.Student, arguments.Mentors, crossEntropies)
        {
            Performances = crossEntropies.neg().exp().masked_fill(unknown, Scalars.Zero),
            Correct = answers.Correct,
            Usable = usable,
            Counted = counted,
        };
    }

    /// <inheritdoc/>
    public Tensor TaskLoss(Tensor student, Tensor targets) =>
        nn.functional.cross_entropy(
            InFullPrecision(student), IsClassIndex(targets) ? targets : targets.to(InFullPrecision(student).dtype),
            ignore_index: ignoreIndex, reduction: nn.Reduction.None, label_smoothing: smoothing);

    /// <inheritdoc/>
    public DistillationLoss Distill(in DistillationArguments<Tensor, Tensor> arguments)
    {
        if (loss is null)
        {
            var divergence = MultiMentorDivergence.Compute(new MultiMentorDivergenceArguments
            {
                Student = arguments.Student,
                Mentors = arguments.Mentors,
                Weights = arguments.Weights,
                Temperatures = arguments.Temperatures,
                StudentTemperatures = arguments.StudentTemperatures,
                Implementation = kernel,
            });
            return new DistillationLoss { PerSample = divergence.Loss, PerMentor = divergence.PerMentor };
        }

        var student = InFullPrecision(arguments.Student);
        var distribution = Distribution(arguments.Targets, student);
        var total = zeros_like(arguments.Weights.select(0, 0));
        var parts = new Tensor[arguments.Mentors.Count];
        for (var m = 0; m < parts.Length; m++)
        {
            var weights = arguments.Weights.select(0, m);
            var silent = weights.eq(Scalars.Zero).unsqueeze(1);
            var temperatures = arguments.Temperatures.select(0, m);
            var part = loss.PerSample(new LogitsLossArguments
            {
                Student = student,
                Mentor = InFullPrecision(arguments.Mentors[m]).masked_fill(silent, Scalars.Zero),
                Temperatures = temperatures,
                StudentTemperatures = arguments.StudentTemperatures?.select(0, m) ?? temperatures,
                TargetDistribution = distribution,
            }) * weights;
            total = total.add(part, Scalars.One);
            parts[m] = part.detach();
        }
        return new DistillationLoss { PerSample = total, PerMentor = stack(parts) };
    }

    private static bool IsClassIndex(Tensor targets) => targets.dtype == ScalarType.Int64;

    private static Tensor InFullPrecision(Tensor logits) =>
        logits.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;

    // Where a class index does not count, any distribution will do.
    private Tensor Distribution(Tensor targets, Tensor logits)
    {
        var categories = logits.size(1);
        var distribution = IsClassIndex(targets)
            ? nn.functional.one_hot(targets.masked_fill(targets.eq(ignored), Scalars.Zero), categories).to(logits.dtype)
            : targets.to(logits.dtype);
        return smoothing == 0
            ? distribution
            : distribution.mul(Scalars.Of(1 - smoothing)).add(Scalars.Of(smoothing / categories), Scalars.One);
    }

    private static void Require(in AssessmentArguments<Tensor, Tensor> arguments)
    {
        var student = arguments.Student;
        if (student.dim() != 2 || !student.is_floating_point())
            throw new ArgumentException($"The student's answer must be floating-point logits [B, C]; it is {student.dtype} {Shape(student)}.");
        long batch = student.size(0), categories = student.size(1);

        for (var m = 0; m < arguments.Mentors.Count; m++)
        {
            var mentor = arguments.Mentors[m];
            if (mentor.dim() != 2 || mentor.size(0) != batch || mentor.size(1) != categories || !mentor.is_floating_point())
                throw new MentorException(
                    $"Mentor '{arguments.MentorNames[m]}' answered {mentor.dtype} {Shape(mentor)}, but the student answered {student.dtype} {Shape(student)}; the shapes must be equal.");
            if (mentor.device_type != student.device_type || mentor.device_index != student.device_index)
                throw new MentorException(
                    $"Mentor '{arguments.MentorNames[m]}' answered on {mentor.device}, but the student on {student.device}; both must be on one device.");
        }

        var targets = arguments.Targets;
        var fits = IsClassIndex(targets)
            ? targets.dim() == 1 && targets.size(0) == batch
            : targets.is_floating_point() && targets.dim() == 2 && targets.size(0) == batch && targets.size(1) == categories;
        if (!fits)
            throw new ArgumentException(
                $"Targets must be int64 class indices [{batch}] or floating-point distributions [{batch}, {categories}]; they are {targets.dtype} {Shape(targets)}.");
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private sealed class LogitsAssessment(Tensor student, IReadOnlyList<Tensor> mentors, Tensor crossEntropies) : Assessment
    {
        public override Tensor CrossEntropies() => crossEntropies;

        public override Tensor Entropies() => OfEach(static z =>
        {
            var logProbabilities = z.log_softmax(1);
            return logProbabilities.exp().mul(logProbabilities).sum(1).neg();
        });

        public override Tensor LargestLogits() => OfEach(static z => z.amax([1]));

        // An answer with a NaN would spoil what is shared among all mentors; as zeros it knows nothing.
        private Tensor OfEach(Func<Tensor, Tensor> measure) => stack(
            [.. mentors.Prepend(student.detach()).Select((z, k) =>
                measure(InFullPrecision(z).masked_fill(Usable!.select(0, k).unsqueeze(1).logical_not(), Scalars.Zero)))]);
    }
}
