using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

/// <summary>Small data sets whose images tell which ones they are.</summary>
internal static class Images
{
    /// <summary>Image i is filled with i, and labeled i modulo the number of classes.</summary>
    public static ImageDataset Numbered(int count, int classes = 10)
    {
        using var scope = NewDisposeScope();
        var numbers = arange(count, ScalarType.Int64);
        return new ImageDataset(
            numbers.to(ScalarType.Byte).view(-1, 1, 1, 1).expand(-1, 3, 4, 4).contiguous(), numbers.remainder(classes),
            [.. Enumerable.Range(0, classes).Select(i => $"class {i}")]);
    }

    /// <summary>The number of each image of a batch.</summary>
    public static int[] Numbers(Tensor images)
    {
        using var scope = NewDisposeScope();
        return [.. images.select(3, 0).select(2, 0).select(1, 0).contiguous().data<byte>().ToArray().Select(number => (int)number)];
    }
}
