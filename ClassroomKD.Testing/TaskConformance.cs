namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="IDistillationTask{TAnswer, TTarget}"/> and its <see cref="IDistillationStep"/>.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>Answers are made of random tensors, normal with standard deviation 2, of the shape that is stated here.</remarks>
public sealed class TaskConformance<TAnswer, TTarget> : ConformanceSuite
{
    private static readonly int[] Order = [2, 0, 3, 1];

    private readonly Func<IDistillationTask<TAnswer, TTarget>> create;

    /// <summary>The rules of one task with its settings.</summary>
    /// <param name="create">Makes the task anew, always with the same settings. The tests dispose it if it can be disposed.</param>
    public TaskConformance(Func<IDistillationTask<TAnswer, TTarget>> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        this.create = create;
    }

    /// <summary>The shape of the tensor that an answer is made of, without the batch's dimension.</summary>
    public required IReadOnlyList<long> AnswerShape { get; init; }

    /// <summary>Makes an answer of a tensor <c>[B, ...]</c>, part of its graph.</summary>
    public required Func<Tensor, TAnswer> Answer { get; init; }

    /// <summary>Makes the truth of a batch: the same for the same arguments, on the device that they name, and so that every sample
    /// counts.</summary>
    public required TargetSource<TTarget> Targets { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("Performances are [1+M, B] in [0, 1]", Assesses),
        new("A performance of the batch is the same for all samples", AssessesBatches),
        new("The task loss is [B], part of the student's graph, and needs no mentor", HasATaskLoss),
        new("The distillation loss is the sum of its parts [M, B]", HasADistillationLoss),
        new("The gradient in float64 equals central differences", HasItsGradient),
        new("Twice the weights are twice the loss", IsWeighted),
        new("Where the weight is 0 nothing is read", LeavesOutTheSilent),
        new("A mentor that answered NaN is not eligible", KnowsNaN),
        new("Nothing flows into the mentors", ReachesTheStudentAlone),
        new("Permuting the mentors permutes the result", Permutes),
        new("A mentor's answer of another form is refused by name", RefusesOtherForms),
        .. new PartRules<IDistillationTask<TAnswer, TTarget>>(create, Prepare).Tests,
    ];

    private Call<IDistillationTask<TAnswer, TTarget>> Prepare(Form form)
    {
        var batch = Draw(form);
        batch.Student.requires_grad_();
        var mentors = batch.Mentors.Select((mentor, m) => ($"mentor {m}'s answer", mentor));
        return new([("the student's answer", batch.Student), .. mentors], task =>
        {
            var step = Begin(task, batch);
            var assessment = Assess(step);
            var own = step.TaskLoss();
            var distilled = step.Distill(batch.Arguments);
            return
            [
                ("the performances", assessment.Performances), ("the task loss", own), ("the total", distilled.Total),
                ("the parts", distilled.PerMentor),
                ("the gradient", LossRules.Gradient(own.sum().add(distilled.Total, Scalars.One), batch.Student)),
            ];
        });
    }

    private TaskBatch<TTarget> Draw(Form form) => TaskBatch<TTarget>.Draw(
        form, AnswerShape, Targets(form.Batch, form.Type, form.Device ?? CPU));

    private IDistillationStep Begin(
        IDistillationTask<TAnswer, TTarget> task, TaskBatch<TTarget> batch,
        PerformanceGranularity granularity = PerformanceGranularity.Sample) => task.Begin(new()
        {
            Student = Answer(batch.Student),
            Targets = batch.Targets,
            Mentors = [.. batch.Mentors.Select(Answer)],
            MentorNames = [.. batch.Mentors.Select((_, m) => $"mentor {m}")],
            Granularity = granularity,
        });

    private static Assessment Assess(IDistillationStep step)
    {
        using var noGradient = no_grad();
        return step.Assess();
    }

    private void Each(Action<IDistillationTask<TAnswer, TTarget>, Form> check) =>
        Form.Each(form => With(task => check(task, form)));

    private void With(Action<IDistillationTask<TAnswer, TTarget>> use) =>
        PartRules<IDistillationTask<TAnswer, TTarget>>.With(create, use);

    private DistillationLoss Distill(TaskBatch<TTarget> batch)
    {
        DistillationLoss loss = default;
        With(task => loss = Distill(Begin(task, batch), batch));
        return loss;
    }

    // In the order in which a classroom calls.
    private static DistillationLoss Distill(IDistillationStep step, TaskBatch<TTarget> batch)
    {
        Assess(step);
        step.TaskLoss();
        return step.Distill(batch.Arguments);
    }

    private void Assesses() => Each((task, form) =>
    {
        var batch = Draw(form);
        batch.Student.requires_grad_();
        var assessment = Assess(Begin(task, batch));
        Expect.Table(nameof(assessment.Performances), assessment.Performances, null, 1 + form.Mentors, form.Batch);
        Expect.Each(nameof(assessment.Performances), assessment.Performances, value => value is >= 0 and <= 1, "numbers in [0, 1]");
        foreach (var (name, told) in AssessmentTables.Of(assessment))
            Expect.NoGraph(name, told);
        foreach (var (name, table, shape) in new (string, Tensor?, long[])[]
        {
            (nameof(assessment.Correct), assessment.Correct, [1 + form.Mentors, form.Batch]),
            (nameof(assessment.Eligible), assessment.Eligible, [form.Mentors, form.Batch]),
            (nameof(assessment.Finite), assessment.Finite, [form.Mentors, form.Batch]),
            (nameof(assessment.Counted), assessment.Counted, [form.Batch]),
        })
            if (table is not null)
                Expect.Booleans(name, table, shape);
    });

    private void AssessesBatches() => With(task =>
    {
        var performances = Assess(Begin(task, Draw(new()), PerformanceGranularity.Batch)).Performances;
        Expect.Close(nameof(Assessment.Performances), performances, performances.narrow(1, 0, 1).expand_as(performances), "of one batch");
    });

    private void HasATaskLoss() => Each((task, form) =>
    {
        foreach (var batch in (TaskBatch<TTarget>[])[Draw(form), Draw(form) with { Mentors = [] }])
        {
            batch.Student.requires_grad_();
            var loss = Begin(task, batch).TaskLoss();
            Expect.Table("the task loss", loss, null, form.Batch);
            Expect.Graph("the task loss", loss);
            Expect.Finite("the task loss", loss);
        }
    });

    private void HasADistillationLoss() => Each((task, form) =>
    {
        var batch = Draw(form);
        batch.Student.requires_grad_();
        var loss = Distill(Begin(task, batch), batch);
        Expect.Table(nameof(loss.Total), loss.Total, null);
        Expect.Graph(nameof(loss.Total), loss.Total);
        Expect.Table(nameof(loss.PerMentor), loss.PerMentor, null, form.Mentors, form.Batch);
        Expect.NoGraph(nameof(loss.PerMentor), loss.PerMentor);
        Expect.Finite(nameof(loss.PerMentor), loss.PerMentor);
        Expect.Close(
            nameof(loss.Total), loss.Total, loss.PerMentor.sum().to(loss.Total.dtype), "beside the sum of the parts",
            form.Type == ScalarType.Float64 ? 1e-9 : 1e-4);
    });

    private void HasItsGradient() => With(task =>
    {
        var batch = Draw(new() { Batch = 2 });
        foreach (var (name, loss) in new (string, Func<Tensor, Tensor>)[]
        {
            ("the task loss", student => Begin(task, batch with { Student = student }).TaskLoss()),
            ("the distillation loss", student => Distill(Begin(task, batch with { Student = student }), batch).Total),
        })
        {
            var error = GradientCheck.LargestError(loss, batch.Student, 1e-5, elements: 12);
            Expect.True(
                error < 1e-6, $"a gradient of {name} within 1e-6 of central differences was expected",
                $"one that is {Expect.Number(error)} off");
        }
    });

    private void IsWeighted()
    {
        var batch = Draw(new());
        var (once, twice) = (Distill(batch), Distill(batch with { Weights = batch.Weights.mul(Scalars.Two) }));
        Expect.Close(nameof(once.Total), twice.Total, once.Total.mul(Scalars.Two), "of twice the weights");
        Expect.Close(nameof(once.PerMentor), twice.PerMentor, once.PerMentor.mul(Scalars.Two), "of twice the weights");
    }

    private void LeavesOutTheSilent()
    {
        var drawn = Draw(new());
        var weights = drawn.Weights.clone();
        weights[0, 1] = 0;
        var silent = drawn with { Weights = weights };
        (DistillationLoss Loss, Tensor Gradient) Taught(TaskBatch<TTarget> batch)
        {
            batch = batch with { Student = batch.Student.clone().requires_grad_() };
            var loss = Distill(batch);
            return (loss, LossRules.Gradient(loss.Total, batch.Student));
        }

        var (expected, slope) = Taught(silent);
        var (loss, gradient) = Taught(silent with { Mentors = Broken(drawn) });
        var part = loss.PerMentor[0, 1];
        Expect.Close(nameof(loss.PerMentor), part, zeros_like(part), "of a mentor that answered NaN, of weight 0", 0);
        Expect.Close(nameof(loss.Total), loss.Total, expected.Total, "beside a mentor that answered NaN, of weight 0");
        Expect.Close("the gradient", gradient, slope, "beside a mentor that answered NaN, of weight 0");
    }

    private void KnowsNaN() => With(task =>
    {
        var drawn = Draw(new());
        var (before, assessment) = (Assess(Begin(task, drawn)), Assess(Begin(task, drawn with { Mentors = Broken(drawn) })));
        var performance = assessment.Performances[1, 1];
        Expect.Close(nameof(assessment.Performances), performance, zeros_like(performance), "where it answered NaN", 0);
        Expect.Close(
            nameof(assessment.Performances), assessment.Performances[0], before.Performances[0], "of the student beside it");
        foreach (var (name, table) in new[]
        {
            (nameof(assessment.Eligible), assessment.Eligible), (nameof(assessment.Finite), assessment.Finite),
        })
        {
            Expect.True(
                table is not null, $"{name} was expected to be false where a mentor answered NaN", "null, which is true everywhere");
            Expect.Close(name, table![0, 1], zeros_like(table[0, 1]), "where it answered NaN", 0);
        }
    });

    private void ReachesTheStudentAlone()
    {
        var batch = Draw(new());
        batch.Student.requires_grad_();
        foreach (var mentor in batch.Mentors)
            mentor.requires_grad_();
        var loss = Distill(batch);
        loss.Total.backward();
        Expect.True(batch.Student.grad is not null, "a gradient of the student was expected", "none");
        for (var m = 0; m < batch.Mentors.Count; m++)
            if (batch.Mentors[m].grad is { } gradient)
                Expect.Close($"the gradient of mentor {m}", gradient, zeros_like(gradient), "whose answer is part of a graph", 0);
    }

    private void Permutes() => With(task =>
    {
        var drawn = Draw(new() { Mentors = Order.Length });
        var (order, moved) = (tensor(Order), drawn.Ordered(Order));
        var (first, second) = (Begin(task, drawn), Begin(task, moved));
        Expect.Close(
            nameof(Assessment.Performances), Assess(second).Performances,
            Assess(first).Performances.index_select(0, tensor([0, .. Order.Select(m => 1 + m)])), "of the mentors in another order");
        var (loss, permuted) = (Distill(drawn), Distill(moved));
        Expect.Close(nameof(loss.Total), permuted.Total, loss.Total, "of the mentors in another order");
        Expect.Close(nameof(loss.PerMentor), permuted.PerMentor, loss.PerMentor.index_select(0, order), "of the mentors in another order");
    });

    private void RefusesOtherForms() => With(task =>
    {
        var batch = Draw(new());
        var longer = Draw(new() { Batch = 6 }).Mentors[1];
        try
        {
            Begin(task, batch with { Mentors = [batch.Mentors[0], longer, batch.Mentors[2]] });
        }
        catch (MentorException refused) when (refused.Message.Contains("mentor 1", StringComparison.Ordinal))
        {
            return;
        }

        throw new ConformanceException(
            $"a {nameof(MentorException)} that names 'mentor 1' was expected where it answered 6 samples of 5, got none");
    });

    private static Tensor[] Broken(TaskBatch<TTarget> batch)
    {
        var broken = batch.Mentors[0].clone();
        broken[1].fill_(Scalars.Of(double.NaN));
        return [broken, .. batch.Mentors.Skip(1)];
    }
}
