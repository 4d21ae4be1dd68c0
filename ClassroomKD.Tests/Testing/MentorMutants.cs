using ClassroomKD.Testing;

namespace ClassroomKD.Tests.Testing;

/// <summary>Mentors with a fault each.</summary>
internal static class MentorMutants
{
    private static readonly List<Tensor> Kept = [];

    public static IEnumerable<Mutant> All =>
    [
        Of("a class in place of logits", "The answer is floating point, a row for each sample, without graph", x => x.argmax(1)),
        Of("a mean over the batch", "The answer is floating point, a row for each sample, without graph", x => x.mean([0], keepdim: true)),
        Of("statistics of the batch", "A sample's answer does not depend on the others", x => x.sub(x.mean([0], keepdim: true))),
        Of("dropout that is on", "Answers the same to the same input", x => nn.functional.dropout(x, 0.5, training: true)),
        Of("an input scaled in place", "Leaves its input as it was", x => x.mul_(Scalars.Two).clone()),
        Of("answers kept", "Leaves no tensor behind", x =>
        {
            Kept.Add(x.clone().DetachFromDisposeScope());
            return x.clone();
        }),
    ];

    private static Mutant Of(string fault, string rule, Func<Tensor, Tensor> answer) =>
        new(fault, rule, new MentorConformance(() => new Mentor("broken", answer), [6]));
}
