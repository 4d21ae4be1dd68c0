namespace ClassroomKD;

/// <summary>Who teaches, with what weight and temperature: what the distillation loss of a batch is computed from.</summary>
public readonly struct DistillationArguments
{
    /// <summary>The weights <c>[M, B]</c>. Where one is 0, the mentor's answer may hold NaN and must not be read.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The mentors' temperatures <c>[M, B]</c>.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperatures <c>[M, B]</c>.</summary>
    /// <value>Default null: the mentors'.</value>
    public Tensor? StudentTemperatures { get; init; }
}

/// <summary>The distillation loss of a batch, with weights and temperatures applied.</summary>
public readonly struct DistillationLoss
{
    /// <summary>The sum over mentors and samples, <c>[]</c>, part of the student's graph.</summary>
    public required Tensor Total { get; init; }

    /// <summary>The part of each mentor in each sample's loss, <c>[M, B]</c>, detached.</summary>
    public required Tensor PerMentor { get; init; }
}

/// <summary>One batch of a task. The classroom calls each member once, in the order below.</summary>
/// <remarks>What several members need (masks, answers in the student's form) is computed once and kept in fields. See
/// <see cref="IDistillationTask{TAnswer, TTarget}"/>.</remarks>
public interface IDistillationStep
{
    /// <summary>Assesses how well student and mentors did (method, steps 1 and 2). Called without gradient tracking.</summary>
    /// <returns>The assessment, without graph.</returns>
    Assessment Assess();

    /// <summary>Computes the student's loss against the truth.</summary>
    /// <returns><c>[B]</c>, part of the graph; 0 for samples that do not count.</returns>
    Tensor TaskLoss();

    /// <summary>Computes the student's loss against the mentors: weight x T² x divergence (method, step 6).</summary>
    /// <remarks>Its gradient reaches the student alone, also where a mentor's answer is part of a graph.</remarks>
    /// <param name="arguments">Weights and temperatures.</param>
    /// <returns>The loss, not yet averaged over the samples.</returns>
    DistillationLoss Distill(in DistillationArguments arguments);
}
