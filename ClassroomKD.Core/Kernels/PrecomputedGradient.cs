using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary>Hands a gradient that is already known to autograd.</summary>
internal static unsafe class PrecomputedGradient
{
    /// <summary>
    /// A tensor whose values are <paramref name="values"/> and whose gradient with respect to row i of <paramref name="logits"/> is
    /// row i of <paramref name="gradient"/>, for any upstream gradient.
    /// </summary>
    /// <remarks>
    /// The inner product has that gradient; its own values are overwritten, which autograd allows because a sum keeps none of them.
    /// No managed code runs in the backward pass: there an exception would end the process, and a returned tensor could be
    /// collected before native code takes it.
    /// </remarks>
    public static Tensor Attach(Tensor logits, Tensor gradient, Tensor values)
    {
        var carrier = (logits * gradient).sum(1);
        if (carrier.device_type == DeviceType.CPU && carrier.dtype == values.dtype)
        {
            // A hundred bytes or so, for which two calls into libtorch would take longer than the whole row of the kernel.
            var bytes = carrier.numel() * carrier.element_size();
            Buffer.MemoryCopy(TensorMemory.Address<byte>(values), TensorMemory.Address<byte>(carrier), bytes, bytes);
            return carrier;
        }

        using (no_grad())
            carrier.detach().copy_(values);
        return carrier;
    }
}
