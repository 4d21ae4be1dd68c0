namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="IMentorRanker"/>, and of an <see cref="IMentorSelector"/> beside it.</summary>
/// <remarks>
/// The ranker is asked about real assessments of a <see cref="LogitsTask"/>: random ones, at both granularities, and hard ones, in which
/// nobody knows anything or mentors answered NaN.
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

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("Ranks are [1+M, B] and weights [M, B]", HaveTheirForm),
        new("Ranks and weights are finite and not negative", AreNotNegative),
        new("A task that tells performances alone is enough, or what is missing is named", NeedNoMore),
        .. DrawsAtRandom ? (ConformanceTest[])[] : [new("Permuting the mentors permutes the result", Permute)],
        new("A choice of mentors is ascending, not empty, and depends on the lesson alone", Choose),
        .. new PartRules<IMentorRanker>(create, Prepare, DrawsAtRandom).Tests,
    ];

    private static Call<IMentorRanker> Prepare(Form form)
    {
        var assessed = LogitsCase.Draw(form with { Device = null }).Assess();
        var assessment = form.Device is { } device ? new MovedAssessment(assessed, device) : assessed;
        return new(
            [
                (nameof(Assessment.Performances), assessment.Performances), (nameof(Assessment.Correct), assessment.Correct!),
                (nameof(Assessment.CrossEntropies), assessment.CrossEntropies()),
            ],
            ranker =>
            {
                var ranking = Rank(ranker, assessment);
                return [(nameof(Ranking.Ranks), ranking.Ranks), (nameof(Ranking.Weights), ranking.Weights)];
            });
    }

    private static Ranking Rank(IMentorRanker ranker, Assessment assessment, long step = 3)
    {
        using var noGradient = no_grad();
        return ranker.Rank(new() { Assessment = assessment, Step = step });
    }

    private void HaveTheirForm() => Each(form =>
    {
        With(ranker =>
        {
            var ranking = Rank(ranker, LogitsCase.Draw(form).Assess());
            Expect.Table(nameof(ranking.Ranks), ranking.Ranks, null, 1 + form.Mentors, form.Batch);
            Expect.Table(nameof(ranking.Weights), ranking.Weights, null, form.Mentors, form.Batch);
            Expect.NoGraph(nameof(ranking.Ranks), ranking.Ranks);
            Expect.NoGraph(nameof(ranking.Weights), ranking.Weights);
        });
    });

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
            Each(form => Check($"{form.Mentors} mentors, {form.Batch} samples", LogitsCase.Draw(form).Assess(granularity), step));
            foreach (var (name, hard) in LogitsCase.Hard)
                Check(name, hard.Assess(granularity), step);
        }
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

    private void Permute() => Each(
        form =>
        {
            var drawn = LogitsCase.Draw(form);
            With(one => With(other =>
            {
                var (ranking, permuted) = (Rank(one, drawn.Assess()), Rank(other, drawn.Ordered(Order).Assess()));
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

    private static void Each(Action<Form> check, IEnumerable<Form>? forms = null)
    {
        foreach (var form in forms ?? Form.All)
        {
            using var scope = NewDisposeScope();
            check(form);
        }
    }
}
