using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>The task whose answers are logits <c>[B, C]</c> over C categories, and the default of a classroom (method, steps 1, 2 and 6).</summary>
/// <remarks>
/// Targets are class indices, int64 <c>[B]</c>, or distributions, floating point <c>[B, C]</c>. A performance is <c>exp(-CE)</c>: for a class
/// index the probability of the true class; for the whole batch the geometric mean over its samples. An answer is right where its largest
/// logit is at the target's largest entry. Logits in half precision are computed in float32.
/// <para>
/// A mentor with a <see cref="ClassMap"/> that covers the student's classes is judged and heard on these, its softmax renormalised over them.
/// One that lacks some is judged and heard on the K shared classes: its performance is <c>p_0(shared) q_m(y)</c>, what the student's would be
/// if it divided the probability of the shared classes among them as the mentor's renormalised softmax q_m does; so it beats the student
/// exactly where it does so on the shared classes alone. It is right where its largest shared logit is the true class, teaches only samples
/// whose true class (a distribution's largest) is shared, and the divergence is that of both softmaxes renormalised over the shared classes:
/// the student's other logits get no gradient from it.
/// </para>
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
    public bool ReadsClassMaps => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The student's answer or the targets have another form than stated.</exception>
    public Assessment Assess(in AssessmentArguments<Tensor, Tensor> arguments)
    {
        Require(arguments);
        var (student, targets, maps) = (arguments.Student.detach(), arguments.Targets, arguments.MentorClasses);
        var counted = IsClassIndex(targets) ? targets.ne(ignored) : null;
        var mentors = MappedLogits.Shared(arguments.Mentors, maps);
        var answers = MultiMentorCrossEntropy.Compute(new MultiMentorCrossEntropyArguments
        {
            Student = student,
            Mentors = [.. mentors.Select((shared, m) => MappedLogits.IsPartial(maps, m) ? MappedLogits.Complete(student, shared, maps![m]!) : shared)],
            Targets = smoothing == 0 ? targets : Distribution(targets, student),
            IgnoreIndex = ignoreIndex,
            Implementation = kernel,
        });
        var (crossEntropies, correct, usable) = (answers.CrossEntropy, answers.Correct, answers.Finite);
        var knows = Knowledge(mentors, maps, targets, correct, usable);

        var known = counted is null ? usable : usable.logical_and(counted);
        known = knows is null ? known : known.logical_and(knows);
        var unknown = known.logical_not();
        crossEntropies = crossEntropies.masked_fill(unknown, Scalars.Zero);
        if (arguments.Granularity == PerformanceGranularity.Batch)
            crossEntropies = crossEntropies.sum(1, keepdim: true).div(known.sum(1, keepdim: true).clamp_min(Scalars.One)).expand_as(crossEntropies);

        return new LogitsAssessment(student, mentors, crossEntropies)
        {
            Performances = crossEntropies.neg().exp().masked_fill(unknown, Scalars.Zero),
            Correct = correct,
            Usable = usable,
            Knows = knows,
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
        var mentors = MappedLogits.Shared(arguments.Mentors, arguments.MentorClasses);
        return loss is null ? Divergence(arguments.Student, mentors, arguments) : Custom(loss, InFullPrecision(arguments.Student), mentors, arguments);
    }

    // All mentors that know every class in one pass; those of each map that lacks some in one more, on the shared classes.
    private DistillationLoss Divergence(Tensor student, IReadOnlyList<Tensor> mentors, in DistillationArguments<Tensor, Tensor> arguments)
    {
        Tensor? total = null;
        var parts = new Tensor[mentors.Count];
        foreach (var (partial, group) in MappedLogits.Groups(mentors.Count, arguments.MentorClasses))
        {
            var whole = group.Length == mentors.Count;
            Tensor Rows(Tensor table) => whole ? table : stack([.. group.Select(m => table.select(0, m))]);
            var divergence = MultiMentorDivergence.Compute(new MultiMentorDivergenceArguments
            {
                Student = partial is null ? student : student.index_select(1, partial.Beside(student).Student),
                Mentors = whole ? mentors : [.. group.Select(m => mentors[m])],
                Weights = Rows(arguments.Weights),
                Temperatures = Rows(arguments.Temperatures),
                StudentTemperatures = arguments.StudentTemperatures is { } own ? Rows(own) : null,
                Implementation = kernel,
            });
            if (whole)
                return new DistillationLoss { PerSample = divergence.Loss, PerMentor = divergence.PerMentor };
            for (var i = 0; i < group.Length; i++)
                parts[group[i]] = divergence.PerMentor.select(0, i);
            total = total is null ? divergence.Loss : total.add(divergence.Loss, Scalars.One);
        }
        return new DistillationLoss { PerSample = total!, PerMentor = stack(parts) };
    }

    private DistillationLoss Custom(
        ILogitsDistillationLoss loss, Tensor student, IReadOnlyList<Tensor> mentors, in DistillationArguments<Tensor, Tensor> arguments)
    {
        var distribution = Distribution(arguments.Targets, student);
        var total = zeros_like(arguments.Weights.select(0, 0));
        var parts = new Tensor[mentors.Count];
        for (var m = 0; m < parts.Length; m++)
        {
            var weights = arguments.Weights.select(0, m);
            var silent = weights.eq(Scalars.Zero).unsqueeze(1);
            var temperatures = arguments.Temperatures.select(0, m);
            var partial = MappedLogits.IsPartial(arguments.MentorClasses, m) ? arguments.MentorClasses![m] : null;
            var part = loss.PerSample(new LogitsLossArguments
            {
                Student = partial is null ? student : student.index_select(1, partial.Beside(student).Student),
                Mentor = InFullPrecision(mentors[m]).masked_fill(silent, Scalars.Zero),
                Temperatures = temperatures,
                StudentTemperatures = arguments.StudentTemperatures?.select(0, m) ?? temperatures,
                TargetDistribution = partial is null ? distribution : MappedLogits.Restrict(distribution, partial),
            }) * weights;
            total = total.add(part, Scalars.One);
            parts[m] = part.detach();
        }
        return new DistillationLoss { PerSample = total, PerMentor = stack(parts) };
    }

    // Whether each answerer knows the true class; null: all do. Where a mentor lacks classes, it is right if it is right among those that it has.
    private Tensor? Knowledge(IReadOnlyList<Tensor> mentors, IReadOnlyList<ClassMap?>? maps, Tensor targets, Tensor correct, Tensor usable)
    {
        if (maps is null || maps.All(map => map is null or { CoversStudent: true }))
            return null;
        var knows = ones_like(correct);
        var truth = IsClassIndex(targets) ? targets : targets.argmax(1);
        var within = truth.masked_fill(truth.eq(ignored), Scalars.Zero);
        for (var m = 0; m < mentors.Count; m++)
        {
            if (!MappedLogits.IsPartial(maps, m))
                continue;
            var indices = maps[m]!.Beside(truth);
            knows.select(0, 1 + m).copy_(indices.Known.index_select(0, within));
            var right = indices.Student.index_select(0, mentors[m].argmax(1)).eq(truth);
            correct.select(0, 1 + m).copy_(right.logical_and(usable.select(0, 1 + m)));
        }
        return knows;
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
            if (arguments.MentorClasses?[m] is { } map)
                Require(map, arguments.MentorNames[m], mentor, student);
            else if (mentor.dim() != 2 || mentor.size(0) != batch || mentor.size(1) != categories || !mentor.is_floating_point())
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

    private static void Require(ClassMap map, string name, Tensor mentor, Tensor student)
    {
        if (map.StudentClasses != student.size(1))
            throw new MentorException($"The class map of mentor '{name}' is for {map.StudentClasses} classes of the student, but the student answered {Shape(student)}.");
        if (mentor.dim() != 2 || mentor.size(0) != student.size(0) || mentor.size(1) != map.MentorClasses || !mentor.is_floating_point())
            throw new MentorException(
                $"Mentor '{name}' answered {mentor.dtype} {Shape(mentor)}, but its class map asks for floating-point logits [{student.size(0)}, {map.MentorClasses}].");
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
            [.. mentors.Prepend(student).Select((z, k) =>
                measure(InFullPrecision(z).masked_fill(Usable!.select(0, k).unsqueeze(1).logical_not(), Scalars.Zero)))]);
    }
}
