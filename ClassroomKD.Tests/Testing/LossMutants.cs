using ClassroomKD.Testing;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Testing;

/// <summary>Losses on logits with a fault each.</summary>
internal static class LossMutants
{
    private const string Form = "The loss is [B], part of the student's graph", Joint = "The parts are [M, B], part of the student's graph",
        Gradient = "The gradient in float64 equals central differences", Extreme = "Losses and gradients of extreme logits are finite",
        Least = "A student that answers as its mentors has the least loss", Samples = "Permuting the samples permutes the losses",
        Masked = "Masked classes count for nothing", Device = "Computes on the device and reads nothing back",
        Argument = "Leaves its arguments as they were", Silent = "Where the weight is 0 the part is 0",
        Mentors = "Permuting the mentors permutes the result";

    public static IEnumerable<Mutant> All =>
    [
        Changed("the mean in place of each sample's loss", Form, losses => losses.mean()),
        Changed("one loss for all samples together", Form, losses => losses.sum(dim: 0, keepdim: true)),
        Changed("the student detached", Form, losses => losses.detach()),
        Changed("the sign", Least, losses => losses.neg()),
        Changed("half of it detached", Gradient, losses => losses.detach().add(losses, Scalars.One).mul(Scalars.Half)),
        Changed("a sample's loss with those before it", Samples, losses => losses.cumsum(0)),
        Changed("a number read back", Device, losses => losses.sum().item<double>() > 1e9 ? losses.mul(Scalars.Half) : losses),
        Written("logarithms of probabilities", Extreme, arguments =>
        {
            var mentor = arguments.Mentor.softmax(1);
            return mentor.mul(mentor.log().sub(arguments.Student.softmax(1).log())).sum(1);
        }),
        Written("masked classes forgotten", Masked, arguments =>
        {
            var mentor = arguments.Mentor.log_softmax(1);
            return mentor.exp().mul(mentor.sub(arguments.Student.log_softmax(1))).sum(1);
        }),
        Written("the mentor centered in place", Argument, arguments =>
        {
            arguments.Mentor.sub_(arguments.Mentor.mean([1], keepdim: true));
            return new LogitsMseLoss().PerSample(arguments);
        }),
        Written("a root without a guard", Extreme, arguments =>
            arguments.Student.sub(arguments.Mentor).pow(Scalars.Two).sum(1).sqrt()),
        Joined("a part that stays where the weight is 0", Silent, parts => parts.add(Scalars.Of(0.1), Scalars.One)),
        Joined("the parts of other mentors", Mentors, parts => parts.roll(1, 0)),
        Joined("one loss for all mentors", Joint, parts => parts.sum(dim: 0)),
        Joined("half of it detached, of joint losses", Gradient, parts => parts.detach().add(parts, Scalars.One).mul(Scalars.Half)),
    ];

    private static Mutant Changed(string fault, string rule, Func<Tensor, Tensor> change) =>
        Written(fault, rule, arguments => change(new LogitStandardizationLoss().PerSample(arguments)));

    private static Mutant Written(string fault, string rule, Func<LogitsLossArguments, Tensor> loss) =>
        new(fault, rule, new LogitsLossConformance(() => new Loss(loss)));

    private static Mutant Joined(string fault, string rule, Func<Tensor, Tensor> change) =>
        new(fault, rule, new JointLogitsLossConformance(() => new JointLoss(change)));

    private sealed class Loss(Func<LogitsLossArguments, Tensor> loss) : ILogitsDistillationLoss
    {
        public Tensor PerSample(in LogitsLossArguments arguments) => loss(arguments);
    }

    private sealed class JointLoss(Func<Tensor, Tensor> change) : IJointLogitsLoss
    {
        public Tensor PerMentor(in JointLogitsLossArguments arguments) => change(new EnsembleLoss().PerMentor(arguments));
    }
}
