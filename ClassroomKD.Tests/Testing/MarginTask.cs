namespace ClassroomKD.Tests.Testing;

/// <summary>How sure each is, told by <see cref="MarginTask"/> alone.</summary>
internal sealed class MarginAssessment : Assessment
{
    /// <summary>The largest probability less the second largest, <c>[1+M, B]</c>.</summary>
    public required Tensor Margins { get; init; }
}

/// <summary>The task of logits with an assessment of its own, as a plugin brings it.</summary>
internal sealed class MarginTask : IDistillationTask<Tensor, Tensor>
{
    private readonly LogitsTask logits = new();

    public IDistillationStep Begin(in StepArguments<Tensor, Tensor> arguments) => new Step(logits.Begin(arguments), arguments);

    private sealed class Step(IDistillationStep inner, StepArguments<Tensor, Tensor> arguments) : IDistillationStep
    {
        private readonly Tensor[] answers = [arguments.Student, .. arguments.Mentors];

        public Assessment Assess()
        {
            var told = inner.Assess();
            return new MarginAssessment
            {
                Performances = told.Performances, Eligible = told.Eligible, Finite = told.Finite, Counted = told.Counted,
                Margins = stack([.. answers.Select(Margin)]),
            };
        }

        public Tensor TaskLoss() => inner.TaskLoss();

        public DistillationLoss Distill(in DistillationArguments distilled) => inner.Distill(distilled);

        private static Tensor Margin(Tensor logits)
        {
            var (best, _) = logits.softmax(1).nan_to_num(0).topk(2, 1);
            return best.select(1, 0).sub(best.select(1, 1));
        }
    }
}

/// <summary>A mentor's margin is its weight where it does better than the student; needs <see cref="MarginTask"/>.</summary>
/// <param name="fault">Makes the weights wrong.</param>
internal sealed class MarginRanker(Func<MarginAssessment, Tensor, Tensor>? fault = null) : IMentorRanker
{
    public Ranking Rank(in RankingArguments arguments)
    {
        if (arguments.Assessment is not MarginAssessment told)
            throw new NotSupportedException($"{nameof(MarginRanker)} needs {nameof(MarginTask)}.");
        var (performances, mentors) = (told.Performances, told.Margins.size(0) - 1);
        var worse = performances.narrow(0, 1, mentors).lt(performances.narrow(0, 0, 1));
        var weights = told.Margins.narrow(0, 1, mentors).masked_fill(worse, Scalars.Zero);
        return new Ranking { Ranks = told.Margins, Weights = fault?.Invoke(told, weights) ?? weights };
    }
}

/// <summary>The surer a mentor is, the softer it teaches; needs <see cref="MarginTask"/>.</summary>
internal sealed class MarginPace : ILearningPaceScheduler
{
    public LearningPace Schedule(in PacingArguments arguments) => new()
    {
        Temperatures = ((MarginAssessment)arguments.Assessment).Margins.narrow(0, 1, arguments.Ranking.Weights.size(0))
            .add(Scalars.One, Scalars.One),
    };
}
