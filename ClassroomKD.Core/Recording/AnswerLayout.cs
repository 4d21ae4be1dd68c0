using System.Globalization;

namespace ClassroomKD;

/// <summary>One tensor of a mentor's answer: its shape for a sample, its type, and the form in which it is kept.</summary>
internal sealed record AnswerLayout
{
    private readonly long[] shape;
    private readonly long rows;
    private readonly long length;

    /// <exception cref="RecordingException">The form keeps more numbers than a row has.</exception>
    public AnswerLayout(ReadOnlySpan<long> shape, ScalarType type, RecordedForm form)
    {
        (this.shape, Type, Form) = (shape.ToArray(), type, form);
        // A map is all but the first dimension, a row of logits the last one.
        var rowDimensions = form.Sparse ? Math.Max(1, shape.Length - 1) : 1;
        length = Product(shape[Math.Max(0, shape.Length - rowDimensions)..]);
        rows = length == 0 ? 0 : Product(shape) / length;
        if (form.Largest >= length)
            throw new RecordingException(
                $"The form '{form}' keeps {form.Largest} of a row's numbers and must leave some out; an answer of shape " +
                    $"[{string.Join(", ", this.shape)}] for a " +
                $"sample has {length}.");
    }

    public ScalarType Type { get; }

    public RecordedForm Form { get; }

    /// <summary>The shape for one sample, as files state it: "100", "17x64x48".</summary>
    public string ShapeText => string.Join('x', shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The tensors that are kept, in the order of <see cref="Pack"/>.</summary>
    public KeptTensor[] Kept => Form.Largest is not { } count
        ? [new("values", Form.Type, shape)]
        :
        [
            new("values", Form.Type, [rows, count]), new("indices", IndexType, [rows, count], Below: length),
            new(Form.Sparse ? "omitted" : "rest", ScalarType.Float32, [rows]),
        ];

    private ScalarType IndexType => length <= short.MaxValue ? ScalarType.Int16 : ScalarType.Int32;

    /// <summary>What is kept of an answer <c>[B, ...]</c>; in the caller's dispose scope.</summary>
    public Tensor[] Pack(Tensor answer)
    {
        using var scope = NewDisposeScope();
        if (Form.Largest is not { } count)
            return [answer.to(Form.Type).alias().MoveToOuterDisposeScope()];
        var all = answer.reshape(answer.size(0), rows, length).to(ScalarType.Float32);
        Tensor values, indices, others;
        if (Form.Sparse)
        {
            // One more than is kept: the largest that is not.
            var (magnitudes, places) = all.abs().topk(count + 1, 2);
            (indices, others) = (places.narrow(2, 0, count), magnitudes.select(2, count));
            values = all.gather(2, indices);
        }
        else
        {
            (values, indices) = all.topk(count, 2);
            others = all.scatter(2, indices, zeros_like(values).add(Scalars.Of(double.NegativeInfinity), Scalars.One)).logsumexp(2, false);
        }

        return [.. new[] { values.to(Form.Type), indices.to(IndexType), others.contiguous() }.Select(
            tensor => tensor.MoveToOuterDisposeScope())];
    }

    /// <summary>The answer of what is kept, on its device; in the caller's dispose scope.</summary>
    public Tensor Unpack(Tensor[] kept)
    {
        using var scope = NewDisposeScope();
        var values = kept[0].to(Type);
        if (Form.Largest is { } count)
        {
            var others = Form.Sparse ? zeros_like(kept[2]) : kept[2].add(Scalars.Of(-Math.Log(length - count)), Scalars.One);
            values = others.to(Type).unsqueeze(2).expand(-1, -1, length).clone().scatter_(2, kept[1].to(ScalarType.Int64), values);
            values = values.reshape([values.size(0), .. shape]);
        }

        return values.alias().MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="Pack"/> would have kept of another answer at the same places, in the type of the form.</summary>
    public Tensor SamePlaces(Tensor answer, Tensor[] kept) =>
        (Form.Largest is null ? answer : answer.reshape(answer.size(0), rows, length).gather(2, kept[1].to(ScalarType.Int64)))
            .to(Form.Type);

    public static long Product(ReadOnlySpan<long> shape)
    {
        var product = 1L;
        foreach (var extent in shape)
            product *= extent;
        return product;
    }

    public static long[]? ParseShape(string? text)
    {
        var extents = text?.Split('x', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var parsed = new long[extents.Length];
        for (var i = 0; i < parsed.Length; i++)
            if (!long.TryParse(extents[i], NumberStyles.None, CultureInfo.InvariantCulture, out parsed[i])
                || parsed[i] is 0 or > int.MaxValue)
                return null;
        return text is null || TensorBytes.Elements(parsed, int.MaxValue) < 0 ? null : parsed;
    }
}

/// <summary>A tensor that a file keeps of an answer.</summary>
/// <param name="Name">Its name within the answer.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its shape for one sample.</param>
/// <param name="Below">Of places in a row, how many there are; null: it holds none.</param>
internal sealed record KeptTensor(string Name, ScalarType Type, long[] Shape, long? Below = null);
