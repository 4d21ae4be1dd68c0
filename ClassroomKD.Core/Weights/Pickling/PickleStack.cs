namespace ClassroomKD.Pickling;

/// <summary>The stack, marks and memo of a pickle, with a limit on what a small file can make of them.</summary>
internal sealed class PickleStack
{
    /// <summary>The largest number of values pushed and memoized; a state dict needs about 50 for each tensor.</summary>
    public const int Most = 2_000_000;

    private readonly List<object?> values = [];
    private readonly List<int> marks = [];
    private readonly List<object?> memo = [];
    private int count;

    public void Push(object? value)
    {
        Count();
        values.Add(value);
    }

    public object? Pop()
    {
        var value = Top();
        values.RemoveAt(values.Count - 1);
        return value;
    }

    public object? Top() => values.Count > Floor ? values[^1] : throw new InvalidDataException("a value is taken from an empty stack");

    public void Mark()
    {
        Count();
        marks.Add(values.Count);
    }

    public object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw new InvalidDataException("a mark is missing");
        var items = values[Floor..].ToArray();
        values.RemoveRange(Floor, items.Length);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    /// <summary>Takes a value, or the mark where it is on top.</summary>
    public void PopOrUnmark()
    {
        if (marks.Count > 0 && marks[^1] == values.Count)
            marks.RemoveAt(marks.Count - 1);
        else
            Pop();
    }

    public object?[] Pop(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            items[i] = Pop();
        return items;
    }

    public void Memoize() => Memoize(memo.Count);

    // Python numbers its memo without gaps, from 0 or (Python 2) 1; a list of them cannot be made to grow by a large index.
    public void Memoize(long index)
    {
        Count();
        if (index > memo.Count + 1)
            throw new InvalidDataException($"the memo of {memo.Count} values is written at {index}");
        while (memo.Count <= index)
            memo.Add(null);
        memo[(int)index] = Top();
    }

    public object? Recall(long index) =>
        index < memo.Count ? memo[(int)index] : throw new InvalidDataException($"the memo of {memo.Count} values is read at {index}");

    /// <summary>What STOP returns: the one value left.</summary>
    public object? Result() =>
        values.Count == 1 && marks.Count == 0 ? values[0] : throw new InvalidDataException(
            $"the pickle ends with {values.Count} values and {marks.Count} marks on its stack instead of one value");

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    /// <summary>Counts work towards the limit.</summary>
    public void Count(int more = 1)
    {
        count = more > Most - count
            ? throw new InvalidDataException($"the pickle makes more than the {Most} values that are read")
            : count + more;
    }
}
