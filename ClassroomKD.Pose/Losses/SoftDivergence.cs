using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Kullback-Leibler divergence between softmaxes over the last dimension.</summary>
internal static class SoftDivergence
{
    /// <summary>KL(softmax(p) || softmax(q)) summed over the last dimension; no gradient flows into p.</summary>
    public static Tensor Compute(Tensor p, Tensor q)
    {
        var logP = p.detach().log_softmax(-1);
        return (logP.exp() * logP.sub(q.log_softmax(-1))).sum(-1);
    }
}
