namespace ClassroomKD.Testing;

/// <summary>The size and kind of the batch that a part is called with.</summary>
internal readonly record struct Form
{
    public Form()
    {
    }

    public int Mentors { get; init; } = 3;

    public int Batch { get; init; } = 5;

    public ScalarType Type { get; init; } = ScalarType.Float64;

    /// <summary>Decides all numbers of the batch.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>On which device it is; null: the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Those in which every part must answer: usual, one mentor, one sample, single precision.</summary>
    public static IEnumerable<Form> All =>
    [
        new(), new() { Mentors = 1, Seed = 2 }, new() { Batch = 1, Seed = 3 }, new() { Mentors = 1, Batch = 1, Seed = 4 },
        new() { Type = ScalarType.Float32, Mentors = 4, Batch = 7, Seed = 5 },
    ];

    /// <summary>Checks each of these, in a dispose scope of its own; what fails says in which form.</summary>
    public static void Each(Action<Form> check, IEnumerable<Form>? forms = null)
    {
        foreach (var form in forms ?? All)
        {
            using var scope = NewDisposeScope();
            try
            {
                check(form);
            }
            catch (ConformanceException broken)
            {
                throw new ConformanceException($"{broken.Message} (of {form})", broken.InnerException);
            }
            catch (Exception broken)
            {
                throw new ConformanceException(
                    $"no exception was expected of {form}, got {ConformanceTest.FirstLine(broken)}", broken);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Count(Mentors, "mentor")}, {Count(Batch, "sample")}, {Type}";

    /// <summary>Normal numbers of a standard deviation, drawn in C# so that libtorch's generator stays as it is.</summary>
    /// <param name="stream">Tells the tensors of one batch apart.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="shape">The shape.</param>
    public Tensor Normal(int stream, double deviation, params long[] shape) => Draw(stream, shape, random =>
        deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>Even numbers from one bound to the other.</summary>
    public Tensor Between(int stream, double low, double high, params long[] shape) =>
        Draw(stream, shape, random => low + (high - low) * random.NextDouble());

    /// <summary>A class for each sample, int64 <c>[B]</c>.</summary>
    public Tensor Classes(int stream, int classes)
    {
        var random = new Random(Seed * 1009 + stream);
        return On(tensor(Enumerable.Range(0, Batch).Select(_ => random.NextInt64(classes)).ToArray()));
    }

    /// <summary>The tensor on the device of the batch.</summary>
    public Tensor On(Tensor tensor) => Device is null ? tensor : tensor.to(Device);

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private Tensor Draw(int stream, long[] shape, Func<Random, double> next)
    {
        var random = new Random(Seed * 1009 + stream);
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return On(tensor(Enumerable.Range(0, (int)count).Select(_ => next(random)).ToArray(), dtype: Type).reshape(shape));
    }
}
