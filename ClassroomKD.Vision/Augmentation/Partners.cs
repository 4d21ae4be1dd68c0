using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>A random permutation: the sample of the batch that each one is mixed with.</summary>
internal static class Partners
{
    public static Tensor Draw(long batch, ref SplitMix64 random, Device device)
    {
        var partners = empty([batch], ScalarType.Int64, CPU);
        EpochOrder.Shuffle(HostTensor.Values<long>(partners), unchecked((long)random.Next()), epoch: 0);
        return DeviceTransfer.Send(partners, device);
    }

    /// <summary><c>share * own + (1 - share) * other</c>. The share is a tensor, so that no scalar is made for each step.</summary>
    public static Tensor Blend(Tensor own, Tensor other, double share)
    {
        var weights = HostTensor.Of([(float)share, (float)(1 - share)], [2], own.device);
        return (own * weights.select(0, 0)).add(other * weights.select(0, 1), Scalars.One);
    }
}
