namespace ClassroomKD.Benchmarks;

/// <summary>A batch of logits for a class of one student and several mentors.</summary>
public sealed record LogitsShape(int Rows, int Classes, int Mentors)
{
    public override string ToString() => $"{Rows}x{Classes}, M={Mentors}";

    /// <summary>Tiny, CIFAR-100, ImageNet, and a SimCC pose batch of 32 x 17 joints.</summary>
    public static IEnumerable<LogitsShape> All =>
        [new(128, 10, 3), new(64, 100, 6), new(512, 1000, 6), new(544, 3072, 4)];
}
