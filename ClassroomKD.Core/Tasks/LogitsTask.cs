using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>The task whose answers are logits <c>[B, C]</c> over C categories, and the default of a classroom (method, steps 1, 2,
/// 6).</summary>
/// <remarks>
/// Targets are class indices, int64 <c>[B]</c>, or distributions, floating point <c>[B, C]</c>, whose rows hold no negative entry and sum
/// to 1, give or take 0.01; on the CPU every lesson checks them. A performance is <c>exp(-CE)</c>: for a class index the probability of
/// the true class; for the whole batch the geometric mean over its samples. An answer is right where its largest logit is at the target's
/// largest entry. Logits in half precision are computed in float32.
/// <para>
/// A logit of negative infinity masks its class, which then counts for nothing: in every loss between a student and a mentor of whom one
/// masks it; in smoothing, which is spread over the student's other classes; and in soft targets, whose share of it is given to the others
/// in proportion. A mentor that masks the true class does not know it, and does not teach the sample; a student that does has a loss
/// that is not finite, as in PyTorch.
/// </para>
/// <para>
/// A mentor with a <see cref="ClassMap"/> that covers the student's classes is judged and heard on these, its softmax renormalized over
/// them. One that lacks some is judged and heard on the K shared classes: its performance is <c>p_0(shared) q_m(y)</c>, what the student's
/// would be if it divided the probability of the shared classes among them as the mentor's renormalized softmax q_m does; so it beats the
/// student exactly where it does so on the shared classes alone. It is right where its largest shared logit is the true class, teaches only
/// samples whose true class (a distribution's largest) is shared, and the divergence is that of both softmaxes renormalized over the shared
/// classes: the student's other logits get no gradient from it.
/// </para>
/// </remarks>
public sealed class LogitsTask : IDistillationTask<Tensor, Tensor>
{
    private readonly LogitsTaskSettings settings;

    /// <summary>A task with these settings; later changes to <paramref name="options"/> have no effect.</summary>
    /// <param name="options">Default: no smoothing, -100 ignored, softmax-KL.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public LogitsTask(LogitsTaskOptions? options = null)
    {
        options = new LogitsTaskOptionsValidator().ThrowIfInvalid(options ?? new());
        settings = new(options.LabelSmoothing, options.IgnoreIndex, Scalars.Of(options.IgnoreIndex), options.Loss, options.JointLoss,
            options.DistillationFactor == 1 ? null : Scalars.Of(options.DistillationFactor), options.Kernel);
    }

    /// <inheritdoc/>
    public bool SupportsClassMaps => true;

    /// <inheritdoc/>
    public string GroupKind => "class";

    /// <inheritdoc/>
    public IDistillationStep Begin(in StepArguments<Tensor, Tensor> arguments)
    {
        Require(arguments);
        return new LogitsStep(arguments, settings);
    }

    private void Require(in StepArguments<Tensor, Tensor> arguments)
    {
        var student = arguments.Student;
        if (student.dim() != 2 || !student.is_floating_point())
            throw new ArgumentException(
                $"Floating-point logits [B, C] were expected of the student, got {student.dtype} {Shape(student)}.");
        for (var m = 0; m < arguments.Mentors.Count; m++)
        {
            var mentor = arguments.Mentors[m];
            var map = arguments.MentorClasses?[m];
            if (map is not null && map.StudentClasses != student.size(1))
                throw new MentorException(
                    $"The class map of mentor {arguments.NameOf(m)} is for {map.StudentClasses} classes of the student, " +
                    $"but the student answered {Shape(student)}.");
            var classes = map?.MentorClasses ?? student.size(1);
            if (mentor.dim() != 2 || mentor.size(0) != student.size(0) || mentor.size(1) != classes || !mentor.is_floating_point())
                throw new MentorException(
                    $"Mentor {arguments.NameOf(m)} answered {mentor.dtype} {Shape(mentor)}; floating-point logits " +
                    $"[{student.size(0)}, {classes}] were expected, as {(map is null ? "the student answered" : "its class map says")}.");
            if (mentor.device_type != student.device_type || mentor.device_index != student.device_index)
                throw new MentorException(
                    $"Mentor {arguments.NameOf(m)} answered on {mentor.device}, but the student on {student.device}; " +
                    "both must be on one device.");
        }

        CrossEntropyValidation.CheckTargets(arguments.Targets, student, settings.IgnoreIndex);
        CrossEntropyValidation.CheckDistributions(arguments.Targets);
    }

    private static string Shape(Tensor tensor) => LogitsValidation.Shape(tensor);
}
