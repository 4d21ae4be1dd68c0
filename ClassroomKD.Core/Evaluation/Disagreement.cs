using System.Globalization;

namespace ClassroomKD;

/// <summary>A sample on which mentors contradict each other. <see cref="ToString"/> is a caption for its picture.</summary>
/// <param name="Index">Which sample of the exam's batches, from 0.</param>
/// <param name="Divergence">
/// The Jensen-Shannon divergence of the mentors' softmaxes in nats (Lin, 1991): 0 where they agree, at most the logarithm of their number.
/// </param>
/// <param name="Label">The name of the true class.</param>
/// <param name="Answers">What each said, in the order of the mentors; a student's answer, if one was asked, comes last.</param>
public sealed record Disagreement(int Index, double Divergence, string Label, IReadOnlyList<GivenAnswer> Answers)
{
    /// <summary>The label, and a line for each answer, such as "resnet56: cat 93 % ✓" where it is right.</summary>
    public override string ToString() =>
        string.Join('\n', Answers.Select(answer => answer.Class == Label ? $"{answer} ✓" : $"{answer}").Prepend(Label));
}

/// <summary>What a mentor or student says of a sample.</summary>
/// <param name="Name">Who says it.</param>
/// <param name="Class">The name of the class that it takes for the most probable; null: it answered with NaN, or does not know the true
/// class.</param>
/// <param name="Probability">The probability that it gives this class, in [0, 1].</param>
public sealed record GivenAnswer(string Name, string? Class, double Probability)
{
    /// <summary>Such as "resnet56: cat 93 %".</summary>
    public override string ToString() =>
        Class is null ? $"{Name}: no answer" : string.Create(CultureInfo.InvariantCulture, $"{Name}: {Class} {100 * Probability:0} %");
}
