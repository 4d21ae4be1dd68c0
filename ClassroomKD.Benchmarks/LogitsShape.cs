namespace ClassroomKD.Benchmarks;

/// <summary>A batch of logits for a class of one student and several mentors.</summary>
public sealed record LogitsShape(int Rows, int Classes, int Mentors)
{
    public override string ToString() => $"{Rows}x{Classes}, M={Mentors}";

    /// <summary>The bytes of one reading of all logits and one writing of the gradient, in float32.</summary>
    public double LeastBytes => (Mentors + 2.0) * Rows * Classes * sizeof(float);

    /// <summary>CIFAR-10, CIFAR-100, ImageNet in two sizes, a SimCC or heatmap batch of 32 x 17 joints, and heatmaps of 256 x 17.</summary>
    public static IEnumerable<LogitsShape> All =>
        [new(128, 10, 3), new(64, 100, 6), new(512, 1000, 6), new(544, 3072, 4), new(1024, 1000, 12), new(256 * 17, 3072, 3)];
}
