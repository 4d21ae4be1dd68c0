namespace ClassroomKD.Imaging;

/// <summary>
/// A stream of 64-bit numbers (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): integer
/// arithmetic only, so the same on every machine and every version of .NET and of libtorch.
/// </summary>
/// <remarks>A mutable value: pass it by reference, since a copy repeats the original's numbers. Not for secrets.</remarks>
public struct SplitMix64
{
    private ulong state;

    private SplitMix64(ulong state) => this.state = state;

    /// <summary>The stream that belongs to a seed and up to two coordinates; streams of different coordinates are unrelated.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="first">The first coordinate, such as an epoch.</param>
    /// <param name="second">The second coordinate, such as a sample.</param>
    public static SplitMix64 Of(long seed, long first = 0, long second = 0) =>
        new(Mix(Mix(Mix((ulong)seed) + (ulong)first) + (ulong)second));

    /// <summary>The next 64 random bits.</summary>
    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>A number in <c>0..bound-1</c>; its bias is below <c>bound / 2^64</c>.</summary>
    /// <param name="bound">How many numbers there are to choose from, at least 1.</param>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">The least number.</param>
    /// <param name="high">The bound that is not reached.</param>
    public double Between(double low, double high) => low + (high - low) * Unit();

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
