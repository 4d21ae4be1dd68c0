using System.Runtime.CompilerServices;

namespace ClassroomKD;

internal static class Temperature
{
    public static double Require(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "A temperature is a finite number above 0.");
}
