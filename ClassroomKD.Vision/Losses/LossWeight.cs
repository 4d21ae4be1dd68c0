namespace ClassroomKD.Vision;

/// <summary>The check of a weight inside a loss.</summary>
internal static class LossWeight
{
    public static double Checked(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "The weight of a part of the loss must be finite.");
}
