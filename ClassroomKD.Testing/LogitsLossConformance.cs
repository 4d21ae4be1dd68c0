namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="ILogitsDistillationLoss"/>.</summary>
public sealed class LogitsLossConformance : ConformanceSuite
{
    private readonly Func<ILogitsDistillationLoss> create;
    private readonly LossRules rules;

    /// <summary>The rules of one loss with its settings.</summary>
    /// <param name="create">Makes the loss anew, always with the same settings. The tests dispose it if it can be disposed.</param>
    public LogitsLossConformance(Func<ILogitsDistillationLoss> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        this.create = create;
        rules = new LossRules(Draw, Evaluate);
    }

    /// <summary>Whether the loss leaves out masked classes, those whose logit is negative infinity.</summary>
    /// <value>Default true. False for students and mentors that mask none.</value>
    public bool MasksClasses { get; init; } = true;

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("The loss is [B], part of the student's graph", HasItsForm),
        .. rules.Tests(MasksClasses),
        .. new PartRules<ILogitsDistillationLoss>(create, Prepare).Tests,
    ];

    private static LossCase Draw(Form form) => LossCase.Draw(form with { Mentors = 1 });

    private static LogitsLossArguments Arguments(LossCase drawn) => new()
    {
        Student = drawn.Student,
        Mentor = drawn.Mentors[0],
        Temperatures = drawn.Temperatures[0],
        StudentTemperatures = drawn.StudentTemperatures[0],
        TargetDistribution = drawn.Truth,
    };

    private static Call<ILogitsDistillationLoss> Prepare(Form form)
    {
        var drawn = Draw(form);
        drawn.Student.requires_grad_();
        return new(drawn.Tensors, loss =>
        {
            var losses = loss.PerSample(Arguments(drawn));
            return [("the loss", losses), ("the gradient", LossRules.Gradient(losses, drawn.Student))];
        });
    }

    private void HasItsForm() => Form.Each(
        form => PartRules<ILogitsDistillationLoss>.With(create, loss =>
        {
            var drawn = Draw(form);
            drawn.Student.requires_grad_();
            var losses = loss.PerSample(Arguments(drawn));
            Expect.Table("the loss", losses, null, form.Batch);
            Expect.Graph("the loss", losses);
        }),
        Form.All.Select(form => form with { Mentors = 1 }));

    // One loss for a sample, as a table of one mentor.
    private Tensor Evaluate(LossCase drawn)
    {
        Tensor? losses = null;
        PartRules<ILogitsDistillationLoss>.With(create, loss => losses = loss.PerSample(Arguments(drawn)));
        return losses!.unsqueeze(0);
    }
}
