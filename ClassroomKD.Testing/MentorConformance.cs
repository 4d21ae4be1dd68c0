namespace ClassroomKD.Testing;

/// <summary>The rules of a mentor, whatever it is made of: a module, a file, a function.</summary>
public sealed class MentorConformance : ConformanceSuite
{
    private const int Batch = 5;

    private readonly Func<Mentor> create;
    private readonly IReadOnlyList<long> inputShape;

    /// <summary>The rules of mentors that answer with one tensor <c>[B, ...]</c>.</summary>
    /// <param name="create">Makes the mentor anew, with a model of its own and always with the same weights. The tests dispose it.</param>
    /// <param name="inputShape">The shape of its input, without the batch's dimension.</param>
    public MentorConformance(Func<Mentor> create, IReadOnlyList<long> inputShape)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(inputShape);
        (this.create, this.inputShape) = (create, inputShape);
    }

    /// <summary>How far answers may differ that are computed in other orders, relative to numbers above 1.</summary>
    /// <value>Default 1e-4, which float32 keeps.</value>
    public double Within { get; init; } = 1e-4;

    /// <inheritdoc/>
    public override IReadOnlyList<ConformanceTest> Tests =>
    [
        new("The answer is floating point, a row for each sample, without graph", HasItsForm),
        new("A sample's answer does not depend on the others", AnswersEachSampleAlone),
        new("Answers the same to the same input", IsDeterministic),
        new("Leaves its input as it was", LeavesItsInput),
        new("Leaves no tensor behind", LeavesNothing),
        new("Refuses to answer once it is disposed", RefusesOnceDisposed),
    ];

    private Tensor Input(int batch = Batch, int seed = 1)
    {
        var form = new Form { Batch = batch, Seed = seed, Type = ScalarType.Float32 };
        return form.Normal(0, 1, [batch, .. inputShape]);
    }

    private void With(Action<Mentor> use) => PartRules<Mentor>.With(create, use);

    private void HasItsForm() => With(mentor =>
    {
        foreach (var batch in (int[])[Batch, 1])
        {
            // A classroom's caller tracks gradients.
            var answer = mentor.Answer(Input(batch).requires_grad_());
            Expect.True(
                answer.is_floating_point() && answer.dim() >= 2 && answer.size(0) == batch && answer.device_type == DeviceType.CPU,
                $"floating-point [{batch}, ...] on cpu was expected",
                $"{answer.dtype} [{string.Join(", ", answer.shape)}] on {answer.device}");
            Expect.NoGraph("the answer", answer);
            Expect.Finite("the answer", answer);
        }
    });

    // As it would where a batch normalization went by the batch's statistics.
    private void AnswersEachSampleAlone() => With(mentor =>
    {
        var input = Input();
        var answer = mentor.Answer(input);
        for (var i = 0; i < Batch; i++)
            Expect.Close("the answer", mentor.Answer(input.narrow(0, i, 1)), answer.narrow(0, i, 1), $"to sample {i} alone", Within);
    });

    private void IsDeterministic() => With(one => With(other =>
    {
        manual_seed(1);
        var answer = one.Answer(Input());
        one.Answer(Input(seed: 2));
        manual_seed(2);
        Expect.Close("the answer", one.Answer(Input()), answer, "when asked again, after another batch", Within);
        Expect.Close("the answer", other.Answer(Input()), answer, "of a mentor that was made alike", Within);
    }));

    private void LeavesItsInput() => With(mentor =>
    {
        var input = Input();
        var copy = input.clone();
        mentor.Answer(input);
        Expect.True(!input.IsInvalid, "the input was expected to stay", "a disposed tensor");
        Expect.Close("the input", input, copy, "after the answer", 0);
    });

    private void LeavesNothing() => With(mentor =>
    {
        void Ask()
        {
            using var scope = NewDisposeScope();
            mentor.Answer(Input());
        }

        Ask();
        Ask();
        var before = PartRules<Mentor>.Live();
        for (var i = 0; i < 3; i++)
            Ask();
        var more = PartRules<Mentor>.Live() - before;
        Expect.True(more <= 0, "no more live tensors were expected after three more answers", $"{more} more");
    });

    private void RefusesOnceDisposed()
    {
        var mentor = create();
        mentor.Dispose();
        mentor.Dispose();
        try
        {
            mentor.Answer(Input());
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        throw new ConformanceException($"an {nameof(ObjectDisposedException)} was expected, got an answer");
    }
}
