namespace ClassroomKD;

/// <summary>What can be wrong with a model before a training.</summary>
public enum FindingKind
{
    /// <summary>It answers with NaN or infinity.</summary>
    NonFiniteAnswers,

    /// <summary>It ends in a softmax.</summary>
    Probabilities,

    /// <summary>It ends in a log-softmax.</summary>
    LogProbabilities,

    /// <summary>It knows no more than which class is the most frequent.</summary>
    AtChance,

    /// <summary>It is worse than was expected.</summary>
    BelowExpectation,

    /// <summary>Its classes are in another order.</summary>
    ClassOrder,

    /// <summary>It expects other channels or another range of values.</summary>
    Input,
}

/// <summary>Something that is wrong with a model.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Message">One sentence, with what to do.</param>
public sealed record Finding(string Model, FindingKind Kind, string Message)
{
    /// <summary>For <see cref="FindingKind.ClassOrder"/> what to give to <see cref="ClassMap.FromIndices"/>.</summary>
    /// <value>Default null.</value>
    public IReadOnlyList<int>? MentorClassOf { get; init; }
}

/// <summary>What an inspection found. <see cref="ToString"/> lays out the figures and lists the findings.</summary>
/// <param name="Comparison">The exam of all models.</param>
/// <param name="Findings">What is wrong; empty if nothing is.</param>
public sealed record InspectionReport(ClassificationComparison Comparison, IReadOnlyList<Finding> Findings)
{
    /// <inheritdoc/>
    public override string ToString() => string.Join(
        Environment.NewLine, [Comparison.ToString(), .. Findings.Select(finding => $"- {finding.Message}")]);
}
