namespace ClassroomKD.Testing;

/// <summary>The rules of all losses on logits.</summary>
/// <param name="draw">Draws what a loss is computed from.</param>
/// <param name="evaluate">The loss of each mentor and sample, <c>[M, B]</c>.</param>
internal sealed class LossRules(Func<Form, LossCase> draw, Func<LossCase, Tensor> evaluate)
{
    private static readonly long[] Masked = [2, 5];
    private static readonly long[] Shown = [0, 1, 3, 4];

    public IEnumerable<ConformanceTest> Tests(bool masksClasses) =>
    [
        new("The gradient in float64 equals central differences", HasItsGradient),
        new("Losses and gradients of extreme logits are finite", AreFinite),
        new("A student that answers as its mentors has the least loss", IsLeastAtTheMentor),
        new("Permuting the samples permutes the losses", PermuteSamples),
        .. masksClasses ? [new("Masked classes count for nothing", LeaveOutMaskedClasses)] : Array.Empty<ConformanceTest>(),
    ];

    /// <summary>Of a sum to a tensor; 0 where there is no way.</summary>
    public static Tensor Gradient(Tensor losses, Tensor of)
    {
        of.grad = null;
        losses.sum().backward();
        return of.grad is { } gradient ? gradient.clone() : zeros_like(of);
    }

    private void HasItsGradient()
    {
        foreach (var form in new Form[] { new(), new() { Mentors = 1, Batch = 1, Seed = 8 } })
        {
            var drawn = draw(form);
            // Samples that cancel each other would hide a fault.
            var upstream = form.Between(70, 0.5, 2, drawn.Weights.shape);
            var error = GradientCheck.LargestError(
                student => evaluate(drawn with { Student = student }).mul(upstream), drawn.Student, 1e-5);
            Expect.True(
                error < 1e-6, $"a gradient within 1e-6 of central differences was expected for {form.Batch} samples",
                $"one that is {Expect.Number(error)} off");
        }
    }

    private void AreFinite()
    {
        foreach (var form in new Form[] { new() { Type = ScalarType.Float32 }, new() })
        {
            var drawn = draw(form);
            foreach (var (name, hard) in new[]
            {
                ("logits of ±10,000", drawn.With(logits => logits.sign().mul(Scalars.Of(1e4)))),
                ("a student whose logits are all 0", drawn.With(Zeros, mentors: false)),
                ("mentors whose logits are all 0, as where the weight is 0", drawn.With(Zeros, student: false)),
                ("logits that are all 0", drawn.With(Zeros)),
            })
                CheckFinite($"of {name}, {form.Type}", hard);
        }
    }

    private void IsLeastAtTheMentor()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var drawn = draw(new() { Seed = seed }).Plain;
            var alike = drawn with { Mentors = [.. drawn.Mentors.Select(_ => drawn.Mentors[0])] };
            var least = Expect.Values(evaluate(alike with { Student = drawn.Mentors[0] }).sum(dim: 0));
            var other = Expect.Values(evaluate(alike).sum(dim: 0));
            for (var i = 0; i < least.Length; i++)
                Expect.True(
                    least[i] < other[i], $"at temperature 1 a loss below {Expect.Number(other[i])}, that of another answer, was expected",
                    Expect.Number(least[i]));
        }
    }

    private void PermuteSamples()
    {
        var drawn = draw(new());
        var order = tensor(new long[] { 3, 0, 4, 1, 2 });
        Expect.Close(
            "the loss", evaluate(drawn.Ordered(order)), evaluate(drawn).index_select(1, order), "of the samples in another order");
    }

    // As if student and mentors had the other classes alone.
    private void LeaveOutMaskedClasses()
    {
        var (masked, shown) = (tensor(Masked), tensor(Shown));
        var truth = nn.functional.one_hot(tensor(new long[] { 0, 1, 3, 4, 0 }), LogitsCase.Classes).to(ScalarType.Float64);
        var drawn = draw(new()) with { Truth = truth };
        var few = drawn.With(logits => logits.index_select(1, shown)) with { Truth = truth.index_select(1, shown) };
        few.Student.requires_grad_();
        var expected = evaluate(few);
        var slope = zeros_like(drawn.Student).index_copy(1, shown, Gradient(expected, few.Student));

        foreach (var (student, mentors) in new[] { (true, false), (false, true), (true, true) })
        {
            var hidden = drawn.With(logits => logits.index_fill(1, masked, Scalars.Of(double.NegativeInfinity)), student, mentors);
            hidden = hidden with { Student = hidden.Student.clone().requires_grad_() };
            var who = student ? mentors ? "student and mentors" : "the student" : "the mentors";
            var losses = evaluate(hidden);
            Expect.Close("the loss", losses, expected, $"where {who} mask classes");
            Expect.Close("the gradient", Gradient(losses, hidden.Student), slope, $"where {who} mask classes");
        }

        var rows = draw(new() { Seed = 9 });
        rows.Mentors[0][1].fill_(Scalars.Of(double.NegativeInfinity));
        rows.Student[2, 1] = double.NegativeInfinity;
        CheckFinite("of a mentor that masks every class of a sample", rows);
    }

    private static Tensor Zeros(Tensor logits) => zeros_like(logits);

    private void CheckFinite(string name, LossCase drawn)
    {
        drawn = drawn with { Student = drawn.Student.clone().requires_grad_() };
        var losses = evaluate(drawn);
        Expect.Finite($"the loss {name}", losses);
        Expect.Finite($"the gradient {name}", Gradient(losses, drawn.Student));
    }
}
