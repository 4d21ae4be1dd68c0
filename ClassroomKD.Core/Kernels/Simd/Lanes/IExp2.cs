namespace ClassroomKD.Kernels.Simd;

/// <summary>
/// 2^x for x no more than a little above 0, exactly 0 where that is next to nothing: a class that a network masks with the least float. Of NaN it may make anything. An instance holds the constants in vectors and is made once before a loop: written as literals they are fetched anew in
/// each round of it.
/// </summary>
internal interface IExp2<TSelf, TVector>
    where TSelf : struct, IExp2<TSelf, TVector>
    where TVector : unmanaged
{
    static abstract TSelf Create();

    TVector Of(TVector a);

    /// <summary>Two at a time, in step: a processor that looks only so far ahead finds work in the one while it waits for the other.</summary>
    (TVector OfA, TVector OfB) Of(TVector a, TVector b);
}
