namespace ClassroomKD;

/// <summary>What one batch gave: the loss to learn from, and who taught what, as tensors on the device.</summary>
/// <remarks>
/// Its tensors belong to the dispose scope that was current when <c>Teach</c> was called; without one, dispose the lesson. Nothing in it
/// was read back from the device: reading a value (<c>lesson.Loss.item&lt;float&gt;()</c>) waits for the device, so do it rarely.
/// M is the number of mentors, B the number of samples; the student stands first where there are 1+M rows.
/// </remarks>
public sealed class Lesson : IDisposable
{
    internal Lesson(IReadOnlyList<string> mentors) => Mentors = mentors;

    /// <summary>The names of the mentors, in the order of the rows below.</summary>
    public IReadOnlyList<string> Mentors { get; }

    /// <summary>The loss <c>[]</c> to call <c>backward()</c> on: task and distillation, the mean over the samples that count (step
    /// 6).</summary>
    public required Tensor Loss { get; init; }

    /// <summary>The task's part of the loss <c>[]</c>, coefficient included, detached.</summary>
    public required Tensor TaskLoss { get; init; }

    /// <summary>The task's loss <c>[]</c> without the coefficient, detached: comparable from step to step.</summary>
    public required Tensor PlainTaskLoss { get; init; }

    /// <summary>How well student and mentors did on each sample, <c>[1+M, B]</c> in [0, 1] (method, steps 1 and 2).</summary>
    public required Tensor Performances { get; init; }

    /// <summary>The ranks <c>[1+M, B]</c> (method, step 3).</summary>
    public required Tensor Ranks { get; init; }

    /// <summary>The weight of each mentor on each sample <c>[M, B]</c>; 0 where it does not teach (method, step 4).</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The temperature of each mentor on each sample <c>[M, B]</c>; 1 where it does not teach (method, step 5).</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>What each mentor adds to each sample's loss, <c>[M, B]</c>: weight x T² x divergence, detached.</summary>
    public required Tensor MentorLosses { get; init; }

    /// <summary>How many samples count, <c>[]</c>: the loss is their mean.</summary>
    public required Tensor SampleCount { get; init; }

    internal IEnumerable<Tensor> Tensors =>
        [Loss, TaskLoss, PlainTaskLoss, Performances, Ranks, Weights, Temperatures, MentorLosses, SampleCount];

    /// <summary>Releases the lesson's tensors. Not needed inside a dispose scope.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
