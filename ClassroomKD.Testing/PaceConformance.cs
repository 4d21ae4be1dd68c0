namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="ILearningPaceScheduler"/>.</summary>
/// <remarks>The pace is asked about real assessments of a <see cref="Task"/>, ranked by the paper's Knowledge Filtering and by hand: random
/// ones and hard ones, in which nobody knows anything or mentors answered NaN.</remarks>
public sealed class PaceConformance : ConformanceSuite
{
    private static readonly int[] Order = [2, 0, 3, 1];

    private readonly Func<ILearningPaceScheduler> create;

    /// <summary>The rules of one pace with its settings.</summary>
    /// <param name="create">Makes the pace anew, always with the same settings. The tests dispose it if it can be disposed.</param>
    public PaceConformance(Func<ILearningPaceScheduler> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        this.create = create;
    }

    /// <summary>Whether the pace draws from libtorch's generator. It then has to answer the same at the same seed, and need not permute
    /// with the mentors, since chance does not.</summary>
    /// <value>Default false: it answers the same whatever the seed.</value>
    public bool DrawsAtRandom { get; init; }

    /// <summary>The task whose assessments the pace reads: see <see cref="RankerConformance.Task"/>.</summary>
    /// <value>Default a <see cref="LogitsTask"/>.</value>
    public IDistillationTask<Tensor, Tensor> Task { get; init; } = LogitsCase.UsualTask;

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("Temperatures are [M, B]", HaveTheirForm),
        new("Temperatures are finite and above 0", ArePositive),
        .. DrawsAtRandom ? (ConformanceTest[])[] : [new("Permuting the mentors permutes the result", Permute)],
        .. new PartRules<ILearningPaceScheduler>(create, Prepare, DrawsAtRandom).Tests,
    ];

    private PacingArguments Arguments(LogitsCase drawn, long step = 3)
    {
        using var noGradient = no_grad();
        var assessment = drawn.Assess(Task);
        return new()
        {
            Assessment = assessment,
            Ranking = new KnowledgeFilteringRanker(new() { RequireCorrect = assessment.Correct is not null })
                .Rank(new() { Assessment = assessment }),
            Step = step,
        };
    }

    private Call<ILearningPaceScheduler> Prepare(Form form)
    {
        var arguments = Arguments(LogitsCase.Draw(form with { Device = null }));
        var tables = AssessmentTables.Of(arguments.Assessment);
        if (form.Device is { } device)
            arguments = arguments with
            {
                Assessment = MovedAssessment.Move(arguments.Assessment, device),
                Ranking = new() { Ranks = arguments.Ranking.Ranks.to(device), Weights = arguments.Ranking.Weights.to(device) },
            };
        return new(
            [
                .. tables, (nameof(Ranking.Ranks), arguments.Ranking.Ranks), (nameof(Ranking.Weights), arguments.Ranking.Weights),
            ],
            pace => Tables(Schedule(pace, arguments)));
    }

    private static (string Name, Tensor Tensor)[] Tables(LearningPace pace) =>
    [
        (nameof(pace.Temperatures), pace.Temperatures),
        .. pace.StudentTemperatures is { } own ? [(nameof(pace.StudentTemperatures), own)] : Array.Empty<(string, Tensor)>(),
    ];

    private static LearningPace Schedule(ILearningPaceScheduler pace, PacingArguments arguments)
    {
        using var noGradient = no_grad();
        try
        {
            return pace.Schedule(arguments);
        }
        catch (NotSupportedException missing)
        {
            throw new NotSupportedException(
                $"{missing.Message} (A pace that needs a task of its own is tested with {nameof(Task)} = that task.)", missing);
        }
    }

    private void HaveTheirForm() => Form.Each(form => With(pace =>
    {
        foreach (var (name, table) in Tables(Schedule(pace, Arguments(LogitsCase.Draw(form)))))
        {
            Expect.Table(name, table, null, form.Mentors, form.Batch);
            Expect.NoGraph(name, table);
        }
    }));

    private void ArePositive()
    {
        void Check(string of, PacingArguments arguments) => With(pace =>
        {
            manual_seed(1);
            foreach (var (name, table) in Tables(Schedule(pace, arguments)))
                Expect.Positive($"{name} of {of} at step {arguments.Step}", table);
        });

        foreach (var step in (long[])[0, 1_000_000_000])
        {
            foreach (var (name, drawn) in LogitsCase.All)
                Check(name, Arguments(drawn, step));
        }

        // Ranks of other rankers than the paper's.
        var (ranks, arguments) = (new Form().Between(0, 0, 100, 4, 5), Arguments(LogitsCase.Draw(new())));
        foreach (var (name, table) in new[] { ("ranks up to 100", ranks), ("ranks of 0", zeros_like(ranks)) })
            Check(name, arguments with { Ranking = new() { Ranks = table, Weights = table.narrow(0, 1, 3) } });
    }

    private void Permute()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var drawn = LogitsCase.Draw(new() { Mentors = Order.Length, Seed = seed });
            With(one => With(other =>
            {
                var tables = Tables(Schedule(one, Arguments(drawn)));
                var permuted = Tables(Schedule(other, Arguments(drawn.Ordered(Order))));
                foreach (var ((name, table), (_, moved)) in tables.Zip(permuted))
                    Expect.Close(name, moved, table.index_select(0, tensor(Order)), "of the mentors in another order");
            }));
        }
    }

    private void With(Action<ILearningPaceScheduler> use) => PartRules<ILearningPaceScheduler>.With(create, use);
}
