namespace ClassroomKD.Pickling;

/// <summary>A tensor as its pickle describes it, checked to lie within its storage.</summary>
internal sealed class PickledTensor
{
    private const int MaxRank = 64;

    /// <exception cref="InvalidDataException">The tensor exceeds its storage, or its shape is impossible.</exception>
    public PickledTensor(PickledStorage storage, long offset, long[] shape, long[] strides)
    {
        (Storage, Offset, Shape, Strides) = (storage, offset, shape, strides);
        if (shape.Length != strides.Length || shape.Length > MaxRank)
            throw Wrong($"shape and strides must have the same length, at most {MaxRank}");
        var elements = TensorBytes.Elements(shape, long.MaxValue / 8);
        if (elements < 0 || offset < 0 || strides.Any(stride => stride < 0))
            throw Wrong("no possible shape");
        if (elements > 0 && Last() >= storage.Count)
            throw Wrong($"it reaches out of the {storage.Count} elements of its storage");
    }

    public PickledStorage Storage { get; }

    /// <summary>Known: a tensor of other elements is read past.</summary>
    public ScalarType Type => Storage.Element.Type!.Value;

    public long Offset { get; }

    public long[] Shape { get; }

    public long[] Strides { get; }

    public bool IsEmpty => Shape.Contains(0);

    private Int128 Last()
    {
        Int128 last = Offset;
        for (var i = 0; i < Shape.Length; i++)
            last += (Int128)(Shape[i] - 1) * Strides[i];
        return last;
    }

    private InvalidDataException Wrong(string why) =>
        new($"a tensor of shape [{string.Join(", ", Shape.Take(MaxRank))}], strides [{string.Join(", ", Strides.Take(MaxRank))}], " +
            $"offset {Offset}: {why}");
}
