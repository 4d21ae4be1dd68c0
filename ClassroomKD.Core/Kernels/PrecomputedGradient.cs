namespace ClassroomKD.Kernels;

/// <summary>Hands a gradient that is already known to autograd.</summary>
internal static class PrecomputedGradient
{
    /// <summary>From here on the product is not worth its memory, as measured; below, one call less counts more. A dot product has at most
    /// 2^31 - 1 terms.</summary>
    private const int ManyLogits = 1 << 16;

    /// <summary>
    /// A tensor whose values are <paramref name="losses"/>, reduced, and whose gradient with respect to <paramref name="logits"/> is
    /// <paramref name="gradient"/>, each row times its upstream gradient.
    /// </summary>
    /// <remarks>
    /// The inner product has that gradient; its own values are overwritten, which autograd allows because neither sum nor dot product keeps
    /// them. No managed code runs in the backward pass: there an exception would end the process, and a returned tensor could be collected
    /// before native code takes it.
    /// </remarks>
    public static Tensor Attach(Tensor logits, Tensor gradient, Tensor losses, nn.Reduction reduction)
    {
        var carrier = reduction == nn.Reduction.None ? (logits * gradient).sum(1)
            : logits.numel() is < ManyLogits or > int.MaxValue || logits.dtype != gradient.dtype ? (logits * gradient).sum()
            : logits.flatten().dot(gradient.flatten());
        if (losses.device_type == DeviceType.CPU && losses.dtype == ScalarType.Float32 && carrier.dtype == ScalarType.Float32)
        {
            // So few numbers that each call into libtorch would take longer than they do.
            Write(Floats(losses), Floats(carrier), reduction);
            return carrier;
        }

        using (no_grad())
            carrier.detach().copy_(Reduced(losses, reduction));
        return carrier;
    }

    public static Tensor Reduced(Tensor losses, nn.Reduction reduction) => reduction switch
    {
        nn.Reduction.Mean => losses.mean(),
        nn.Reduction.Sum => losses.sum(),
        _ => losses,
    };

    private static void Write(ReadOnlySpan<float> losses, Span<float> target, nn.Reduction reduction)
    {
        if (reduction == nn.Reduction.None)
        {
            losses.CopyTo(target);
            return;
        }

        var sum = 0.0;
        foreach (var loss in losses)
            sum += loss;
        target[0] = (float)(reduction == nn.Reduction.Mean ? sum / losses.Length : sum);
    }

    private static unsafe Span<float> Floats(Tensor tensor) => new(TensorMemory.Address<float>(tensor), checked((int)tensor.numel()));
}
