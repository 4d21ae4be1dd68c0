namespace ClassroomKD.Testing;

/// <summary>The rules of an <see cref="IJointLogitsLoss"/>.</summary>
public sealed class JointLogitsLossConformance : ConformanceSuite
{
    private static readonly int[] Order = [2, 0, 3, 1];

    private readonly Func<IJointLogitsLoss> create;
    private readonly LossRules rules;

    /// <summary>The rules of one loss with its settings.</summary>
    /// <param name="create">Makes the loss anew, always with the same settings. The tests dispose it if it can be disposed.</param>
    public JointLogitsLossConformance(Func<IJointLogitsLoss> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        this.create = create;
        rules = new LossRules(LossCase.Draw, Evaluate);
    }

    /// <summary>Whether the loss leaves out masked classes, those whose logit is negative infinity.</summary>
    /// <value>Default true. False for students and mentors that mask none.</value>
    public bool MasksClasses { get; init; } = true;

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("The parts are [M, B], part of the student's graph", HasItsForm),
        new("Where the weight is 0 the part is 0", LeavesOutTheSilent),
        new("Permuting the mentors permutes the result", Permute),
        .. rules.Tests(MasksClasses),
        .. new PartRules<IJointLogitsLoss>(create, Prepare).Tests,
    ];

    private static JointLogitsLossArguments Arguments(LossCase drawn) => new()
    {
        Student = drawn.Student,
        Mentors = drawn.Mentors,
        Weights = drawn.Weights,
        Temperatures = drawn.Temperatures,
        StudentTemperatures = drawn.StudentTemperatures,
    };

    private static Call<IJointLogitsLoss> Prepare(Form form)
    {
        var drawn = LossCase.Draw(form);
        drawn.Student.requires_grad_();
        return new(drawn.Tensors, loss =>
        {
            var parts = loss.PerMentor(Arguments(drawn));
            return [("the parts", parts), ("the gradient", LossRules.Gradient(parts, drawn.Student))];
        });
    }

    private void HasItsForm() => Form.Each(form =>
    {
        var drawn = LossCase.Draw(form);
        drawn.Student.requires_grad_();
        var parts = Evaluate(drawn);
        Expect.Table("the parts", parts, null, form.Mentors, form.Batch);
        Expect.Graph("the parts", parts);
    });

    // A silent mentor's logits come as 0, and must not matter; where all are silent there is nothing to learn.
    private void LeavesOutTheSilent()
    {
        var drawn = LossCase.Draw(new());
        var silent = drawn.Weights.clone();
        silent[0, 1] = 0;
        silent[TensorIndex.Colon, 2].fill_(Scalars.Zero);
        var muted = drawn with
        {
            Weights = silent,
            Mentors = [.. drawn.Mentors.Select((mentor, m) => mentor.masked_fill(silent[m].eq(Scalars.Zero).unsqueeze(1), Scalars.Zero))],
        };
        muted.Student.requires_grad_();
        var parts = Evaluate(muted);
        Expect.Close("the parts", parts.mul(silent.eq(Scalars.Zero)), zeros_like(parts), "where the weight is 0", 0);
        var gradient = LossRules.Gradient(parts, muted.Student);
        Expect.Finite("the gradient", gradient);
        Expect.Close("the gradient", gradient[2], zeros_like(gradient[2]), "of the sample that nobody teaches", 0);
    }

    private void Permute()
    {
        var drawn = LossCase.Draw(new() { Mentors = Order.Length });
        var order = tensor(Order);
        var moved = drawn with
        {
            Mentors = [.. Order.Select(m => drawn.Mentors[m])],
            Weights = drawn.Weights.index_select(0, order),
            Temperatures = drawn.Temperatures.index_select(0, order),
            StudentTemperatures = drawn.StudentTemperatures.index_select(0, order),
        };
        Expect.Close("the parts", Evaluate(moved), Evaluate(drawn).index_select(0, order), "of the mentors in another order");
    }

    private Tensor Evaluate(LossCase drawn)
    {
        Tensor? parts = null;
        PartRules<IJointLogitsLoss>.With(create, loss => parts = loss.PerMentor(Arguments(drawn)));
        return parts!;
    }
}
