namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="IMentorRanker"/>, and of an <see cref="IMentorSelector"/> beside it.</summary>
/// <remarks>
/// The ranker is asked about real assessments of a <see cref="Task"/>: random ones, at both granularities, and hard ones, in which nobody
/// knows anything or mentors answered NaN.
/// </remarks>
public sealed class RankerConformance : ConformanceSuite
{
    private static readonly int[] Order = [2, 0, 3, 1];

    private readonly Func<IMentorRanker> create;

    /// <summary>The rules of one ranker with its settings.</summary>
    /// <param name="create">Makes the ranker anew, always with the same settings. The tests dispose it if it can be disposed.</param>
    public RankerConformance(Func<IMentorRanker> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        this.create = create;
    }

    /// <summary>Whether the ranker draws from libtorch's generator. It then has to answer the same at the same seed, and need not permute
    /// with the mentors, since chance does not.</summary>
    /// <value>Default false: it answers the same whatever the seed.</value>
    public bool DrawsAtRandom { get; init; }

    /// <summary>The task whose assessments the ranker reads: one that is given logits float <c>[B, C]</c> and class indices int64
    /// <c>[B]</c>, -100 where a sample does not count.</summary>
    /// <value>Default a <see cref="LogitsTask"/>. State it for a ranker that reads an <see cref="Assessment"/> of a class of your own. That
    /// class must hold its tensors in fields or properties, so that they can be moved to another device. All tests use this one object; who
    /// made it disposes it.</value>
    public IDistillationTask<Tensor, Tensor> Task { get; init; } = LogitsCase.UsualTask;

    /// <summary>Whether a mentor never teaches where its performance is below the student's: its weight there must be 0.</summary>
    /// <value>Default false: the ranker may let such mentors teach.</value>
    public bool TeachesOnlyBetter { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("Ranks are [1+M, B] and weights [M, B]", HaveTheirForm),
        new("Ranks and weights are finite and not negative", AreNotNegative),
        new("A task that tells performances alone is enough, or what is missing is named", NeedNoMore),
        .. TeachesOnlyBetter
            ? [new("Where a mentor performs worse than the student its weight is 0", KeepTheGate)] : (ConformanceTest[])[],
        .. DrawsAtRandom ? (ConformanceTest[])[] : [new("Permuting the mentors permutes the result", Permute)],
        new("A choice of mentors is ascending, not empty, and depends on the lesson alone", Choose),
        .. new PartRules<IMentorRanker>(create, Prepare, DrawsAtRandom).Tests,
    ];

    private Call<IMentorRanker> Prepare(Form form)
    {
        var assessed = LogitsCase.Draw(form with { Device = null }).Assess(Task);
        var assessment = form.Device is { } device ? MovedAssessment.Move(assessed, device) : assessed;
        return new(AssessmentTables.Of(assessed), ranker =>
        {
            var ranking = Rank(ranker, assessment);
            return [(nameof(Ranking.Ranks), ranking.Ranks), (nameof(Ranking.Weights), ranking.Weights)];
        });
    }

    private static Ranking Rank(IMentorRanker ranker, Assessment assessment, long step = 3)
    {
        using var noGradient = no_grad();
        try
        {
            return ranker.Rank(new() { Assessment = assessment, Step = step });
        }
        catch (NotSupportedException missing)
        {
            throw new NotSupportedException(
                $"{missing.Message} (A ranker that needs a task of its own is tested with {nameof(Task)} = that task.)", missing);
        }
    }

    private void HaveTheirForm() => Form.Each(form => With(ranker =>
    {
        var ranking = Rank(ranker, LogitsCase.Draw(form).Assess(Task));
        Expect.Table(nameof(ranking.Ranks), ranking.Ranks, null, 1 + form.Mentors, form.Batch);
        Expect.Table(nameof(ranking.Weights), ranking.Weights, null, form.Mentors, form.Batch);
        Expect.NoGraph(nameof(ranking.Ranks), ranking.Ranks);
        Expect.NoGraph(nameof(ranking.Weights), ranking.Weights);
    }));

    private void AreNotNegative()
    {
        void Check(string name, Assessment assessment, long step) => With(ranker =>
        {
            manual_seed(1);
            var ranking = Rank(ranker, assessment, step);
            Expect.NotNegative($"{nameof(ranking.Ranks)} of {name} at step {step}", ranking.Ranks);
            Expect.NotNegative($"{nameof(ranking.Weights)} of {name} at step {step}", ranking.Weights);
        });

        foreach (var (step, granularity) in new[]
        {
            (0L, PerformanceGranularity.Sample), (0, PerformanceGranularity.Batch), (1_000_000_000, PerformanceGranularity.Sample),
        })
        {
            foreach (var (name, drawn) in LogitsCase.All)
                Check(name, drawn.Assess(Task, granularity), step);
        }
    }

    private void KeepTheGate()
    {
        foreach (var granularity in Enum.GetValues<PerformanceGranularity>())
            foreach (var (name, drawn) in LogitsCase.All)
                With(ranker =>
                {
                    var assessment = drawn.Assess(Task, granularity);
                    var (performances, weights) = (assessment.Performances, Rank(ranker, assessment).Weights);
                    var better = performances.narrow(0, 1, drawn.Mentors.Count).ge(performances.narrow(0, 0, 1));
                    Expect.Close(
                        nameof(Ranking.Weights), weights.masked_fill(better, Scalars.Zero), zeros_like(weights),
                        $"of {name} where a mentor performs worse than the student", 0);
                });
    }

    private void NeedNoMore() => With(ranker =>
    {
        var performances = new Form().Between(0, 0, 1, 4, 5);
        try
        {
            Expect.Table(
                nameof(Ranking.Weights), Rank(ranker, new Assessment { Performances = performances }).Weights, null, 3, 5);
        }
        catch (NotSupportedException)
        {
            // The assessment says what it does not have.
        }
    });

    private void Permute() => Form.Each(
        form =>
        {
            var drawn = LogitsCase.Draw(form);
            With(one => With(other =>
            {
                var (ranking, permuted) = (Rank(one, drawn.Assess(Task)), Rank(other, drawn.Ordered(Order).Assess(Task)));
                var (mentors, all) = (tensor(Order), tensor([0, .. Order.Select(m => 1 + m)]));
                Expect.Close(
                    nameof(ranking.Weights), permuted.Weights, ranking.Weights.index_select(0, mentors), "of the mentors in another order");
                Expect.Close(nameof(ranking.Ranks), permuted.Ranks, ranking.Ranks.index_select(0, all), "of the mentors in another order");
            }));
        },
        Enumerable.Range(1, 5).Select(seed => new Form { Mentors = Order.Length, Seed = seed }));

    private void Choose() => With(one => With(other =>
    {
        if (one is not IMentorSelector selector)
            return;
        for (var mentors = 1; mentors <= 6; mentors++)
            for (var lesson = 0L; lesson < 20; lesson++)
            {
                var chosen = selector.Choose(mentors, lesson).ToArray();
                var text = $"[{string.Join(", ", chosen)}]";
                Expect.True(
                    chosen.Length > 0 && chosen[0] >= 0 && chosen[^1] < mentors
                    && chosen.Zip(chosen.Skip(1)).All(pair => pair.First < pair.Second),
                    $"ascending indices of {mentors} mentors, at least one, were expected for lesson {lesson}", text);
                // Asked in another order, as after a resumption.
                var again = ((IMentorSelector)other).Choose(mentors, 19 - lesson);
                Expect.True(
                    selector.Choose(mentors, 19 - lesson).SequenceEqual(again),
                    $"the same choice of {mentors} mentors was expected of two objects for lesson {19 - lesson}",
                    $"[{string.Join(", ", again)}]");
            }
    }));

    private void With(Action<IMentorRanker> use) => PartRules<IMentorRanker>.With(create, use);
}
