using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>How strongly labels and mentors pull at the student's answer. The network behind it is not gone through.</summary>
internal static class AnswerGradients
{
    /// <summary>The L2 norms of both losses' gradients with respect to all tensors of the answer; the graph is kept.</summary>
    /// <returns>Float64 <c>[2]</c>, the task's first, in the caller's dispose scope; null where the answer has no graph.</returns>
    public static Tensor? Norms(object? answer, Tensor taskLoss, Tensor mentorLoss)
    {
        Tensor[] answered = is_grad_enabled() ? [.. AnswerTensors.Of(answer).Where(tensor => tensor.requires_grad)] : [];
        if (answered.Length == 0)
            return null;
        using var scope = NewDisposeScope();
        return stack([Norm(taskLoss, answered), Norm(mentorLoss, answered)]).MoveToOuterDisposeScope();
    }

    private static Tensor Norm(Tensor loss, Tensor[] answered)
    {
        var squares = zeros([], ScalarType.Float64, loss.device);
        if (!loss.requires_grad)
            return squares;
        var gradients = autograd.grad([loss], answered, retain_graph: true, allow_unused: true);
        using var noGradient = no_grad();
        foreach (var gradient in gradients.Where(gradient => gradient is not null))
        {
            var values = gradient.InFullPrecision();
            squares = squares.add(values.mul(values).sum(ScalarType.Float64), Scalars.One);
        }

        return squares.sqrt();
    }
}
