namespace ClassroomKD.Testing;

/// <summary>What a loss on logits is computed from: every mentor and sample with a weight and two temperatures of its own.</summary>
internal sealed record LossCase(
    Tensor Student, IReadOnlyList<Tensor> Mentors, Tensor Weights, Tensor Temperatures, Tensor StudentTemperatures, Tensor Truth)
{
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors =>
    [
        ("the student", Student), .. Mentors.Select((mentor, m) => ($"mentor {m}", mentor)), ("the weights", Weights),
        ("the temperatures", Temperatures), ("the student's temperatures", StudentTemperatures), ("the truth", Truth),
    ];

    public static LossCase Draw(Form form)
    {
        var logits = LogitsCase.Draw(form);
        Tensor Table(int stream, double low, double high) => form.Between(stream, low, high, form.Mentors, form.Batch);
        return new(
            logits.Student, logits.Mentors, Table(50, 0.2, 2), Table(51, 1, 5), Table(52, 1, 5),
            nn.functional.one_hot(logits.Targets, LogitsCase.Classes).to(form.Type));
    }

    /// <summary>The same samples in another order.</summary>
    public LossCase Ordered(Tensor order) => new(
        Student.index_select(0, order), [.. Mentors.Select(mentor => mentor.index_select(0, order))], Weights.index_select(1, order),
        Temperatures.index_select(1, order), StudentTemperatures.index_select(1, order), Truth.index_select(0, order));

    /// <summary>The same with all logits changed.</summary>
    public LossCase With(Func<Tensor, Tensor> change, bool student = true, bool mentors = true) => this with
    {
        Student = student ? change(Student) : Student,
        Mentors = mentors ? [.. Mentors.Select(change)] : Mentors,
    };

    /// <summary>The same at temperature 1.</summary>
    public LossCase Plain => this with { Temperatures = ones_like(Temperatures), StudentTemperatures = ones_like(Temperatures) };
}
