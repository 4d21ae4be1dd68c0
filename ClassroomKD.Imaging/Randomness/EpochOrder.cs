namespace ClassroomKD.Imaging;

/// <summary>The order in which an epoch visits the samples: a function of the seed and the epoch alone.</summary>
public static class EpochOrder
{
    /// <summary>Fills with a permutation of <c>0..N-1</c> by Fisher and Yates' shuffle.</summary>
    /// <param name="order">Room for N indices.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="epoch">The epoch's number.</param>
    public static void Shuffle(Span<long> order, long seed, int epoch)
    {
        var random = SplitMix64.Of(seed, epoch);
        for (var i = 0; i < order.Length; i++)
        {
            var j = random.Below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    /// <summary>Fills with <c>0..N-1</c> in order.</summary>
    /// <param name="order">Room for N indices.</param>
    public static void Ascend(Span<long> order)
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
    }
}
