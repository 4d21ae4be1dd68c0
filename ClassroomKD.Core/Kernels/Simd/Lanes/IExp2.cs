namespace ClassroomKD.Kernels.Simd;

/// <summary>
/// 2^x for x at most a little above 0; exactly 0 for very small x, such as a masked class; anything for NaN. An instance holds the
/// constants in vectors and is made once before a loop: as literals they would be loaded in each round.
/// </summary>
internal interface IExp2<TSelf, TVector>
    where TSelf : struct, IExp2<TSelf, TVector>
    where TVector : unmanaged
{
    static abstract TSelf Create();

    TVector Of(TVector a);

    /// <summary>Two at a time, so that the processor works on one while it waits for the other.</summary>
    (TVector OfA, TVector OfB) Of(TVector a, TVector b);
}
