namespace ClassroomKD.Testing;

/// <summary>The tensors that answers are made of, the truth, and what a classroom decided.</summary>
internal sealed record TaskBatch<TTarget>(
    Tensor Student, IReadOnlyList<Tensor> Mentors, TTarget Targets, Tensor Weights, Tensor Temperatures)
{
    public DistillationArguments Arguments => new() { Weights = Weights, Temperatures = Temperatures };

    public static TaskBatch<TTarget> Draw(Form form, IReadOnlyList<long> answerShape, TTarget targets)
    {
        long[] shape = [form.Batch, .. answerShape];
        return new(
            form.Normal(0, 2, shape), [.. Enumerable.Range(1, form.Mentors).Select(m => form.Normal(m, 2, shape))], targets,
            form.Between(50, 0.2, 2, form.Mentors, form.Batch), form.Between(51, 1, 5, form.Mentors, form.Batch));
    }

    /// <summary>The same batch with the mentors in another order.</summary>
    public TaskBatch<TTarget> Ordered(int[] order) => this with
    {
        Mentors = [.. order.Select(m => Mentors[m])],
        Weights = Weights.index_select(0, tensor(order)),
        Temperatures = Temperatures.index_select(0, tensor(order)),
    };
}
