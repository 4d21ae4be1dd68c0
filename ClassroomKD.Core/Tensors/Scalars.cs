using System.Collections.Concurrent;

namespace ClassroomKD;

/// <summary>Scalars that live as long as the process, for arithmetic that the garbage collector cannot break.</summary>
/// <remarks>
/// <c>x * 2f</c> and even <c>a + b</c> make a temporary <see cref="Scalar"/> that nothing keeps alive while native code reads it: if
/// another thread provokes a collection, the operation fails or the process dies (TorchSharp issue 1496). <c>x.mul(Scalars.Two)</c> and
/// <c>a.add(b, Scalars.One)</c> cannot fail in this way. Networks and losses should use these or <c>static readonly Scalar</c> fields of
/// their own. Never dispose these. The fields are floating-point numbers; on tensors of integers take
/// <see cref="OfInteger"/>.
/// </remarks>
public static class Scalars
{
    /// <summary>0, in floating point.</summary>
    /// <remarks>A tensor of integers becomes one of floating point by it: <c>OfInteger(0)</c> keeps it.</remarks>
    public static readonly Scalar Zero = 0.0;

    /// <summary>1, in floating point.</summary>
    /// <remarks>As the factor of a sum of integers libtorch refuses it: <c>n.add(m, Scalars.OfInteger(1))</c>.</remarks>
    public static readonly Scalar One = 1.0;

    /// <summary>-1, in floating point.</summary>
    public static readonly Scalar MinusOne = -1.0;

    /// <summary>2, in floating point.</summary>
    public static readonly Scalar Two = 2.0;

    /// <summary>0.5, in floating point.</summary>
    public static readonly Scalar Half = 0.5;

    private static readonly ConcurrentDictionary<double, Scalar> Constants = new();
    private static readonly ConcurrentDictionary<long, Scalar> Integers = new();

    /// <summary>The scalar of a value that is known only at run time; it is kept for the life of the process.</summary>
    /// <param name="value">A constant, such as a temperature, and no value that changes at every step: each stays in memory.</param>
    /// <returns>The one scalar of this value. Never dispose it.</returns>
    public static Scalar Of(double value) => Constants.GetOrAdd(value, static constant => constant);

    /// <summary>The scalar of an integer, for tensors of integers; kept for the life of the process.</summary>
    /// <param name="value">A constant of the configuration.</param>
    /// <returns>The one scalar of this value. Never dispose it.</returns>
    public static Scalar OfInteger(long value) => Integers.GetOrAdd(value, static constant => constant);

    /// <summary>A scalar that its holder must keep alive while native code may read it.</summary>
    internal static Scalar Create(double value) => value;
}
