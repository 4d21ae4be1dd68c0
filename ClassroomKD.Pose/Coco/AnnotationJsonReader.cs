using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>Walks JSON token by token: COCO's training file has 230 MB, most of it polygons that nobody here needs.</summary>
internal ref struct AnnotationJsonReader(ReadOnlySpan<byte> text, string source)
{
    // Fields that nobody here reads may nest as deep as they like: they are skipped without recursion.
    private Utf8JsonReader json = new(WithoutByteOrderMark(text), new JsonReaderOptions { MaxDepth = int.MaxValue });
    private string field = "";

    /// <summary>What error messages call the element being read, such as <c>annotation 12</c>.</summary>
    public string Item { get; set; } = "file";

    public bool Read() => json.Read();

    public readonly void Expect(JsonTokenType type, string expected)
    {
        if (json.TokenType != type)
            throw Bad($"expected {expected}, found {json.TokenType}");
    }

    public void ExpectEnd()
    {
        if (json.Read())
            throw Bad("text after the end");
    }

    /// <summary>Moves to the next element of an array; false at its end.</summary>
    public bool NextElement() => json.Read() && json.TokenType != JsonTokenType.EndArray;

    /// <summary>Moves to the value of an object's next property; null at its end.</summary>
    public string? NextField()
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
            return null;
        field = Known(json);
        json.Read();
        return field;
    }

    public void Skip() => json.Skip();

    public readonly double Number() =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Bad($"'{field}' must be a finite number, found {json.TokenType}");

    public readonly long Integer()
    {
        if (json.TokenType == JsonTokenType.Number)
        {
            if (json.TryGetInt64(out var value))
                return value;
            // Result files written from floating-point arrays say 42.0.
            if (json.TryGetDouble(out var real) && real == Math.Floor(real) && Math.Abs(real) < 1L << 53)
                return (long)real;
        }
        throw Bad($"'{field}' must be an integer, found {json.TokenType}");
    }

    /// <summary>An integer from 0 on.</summary>
    public readonly int Count() =>
        Integer() is var value && value is >= 0 and <= int.MaxValue
            ? (int)value
            : throw Bad($"'{field}' must be from 0 to {int.MaxValue}, found {value}");

    public readonly bool Flag() => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => Integer() != 0,
    };

    public readonly string Text() =>
        json.TokenType != JsonTokenType.String ? throw Bad($"'{field}' must be text, found {json.TokenType}")
        : Unescaped(json) ?? throw Bad($"'{field}' holds half of a surrogate pair, or bytes that are not UTF-8");

    /// <summary>Whether the field holds a list; null counts as no field.</summary>
    public readonly bool StartsList() => json.TokenType switch
    {
        JsonTokenType.StartArray => true,
        JsonTokenType.Null => false,
        _ => throw Bad($"'{field}' must be a list, found {json.TokenType}"),
    };

    /// <summary>Two joints, which files count from 1.</summary>
    public (int From, int To) Pair()
    {
        var numbers = Numbers(2);
        return numbers is [var from, var to] && Joint(from) && Joint(to)
            ? ((int)from - 1, (int)to - 1)
            : throw Bad($"'{field}' must hold pairs of joints, found [{string.Join(", ", numbers)}]");

        static bool Joint(double number) => number == Math.Floor(number) && Math.Abs(number) < int.MaxValue;
    }

    /// <summary>A list of numbers.</summary>
    /// <param name="usual">How many there usually are.</param>
    /// <param name="exactly">Whether there must be as many.</param>
    public double[] Numbers(int usual, bool exactly = false)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw Bad($"'{field}' must be a list of numbers, found {json.TokenType}");
        var numbers = new double[usual];
        var count = 0;
        while (NextElement())
        {
            if (count == numbers.Length)
                Array.Resize(ref numbers, Math.Max(4, 2 * count));
            numbers[count++] = Number();
        }
        return count == numbers.Length ? numbers
            : exactly ? throw Bad($"'{field}' must hold {usual} numbers, found {count}") : numbers[..count];
    }

    public double[] Keypoints()
    {
        var numbers = Numbers(51);
        return numbers.Length > 0 && numbers.Length % 3 == 0
            ? numbers
            : throw Bad($"'keypoints' must hold x, y, v for each joint, found {numbers.Length} numbers");
    }

    /// <summary>A box; null for an empty list, which COCO's tools read as no box.</summary>
    public KeypointBox? Box()
    {
        var numbers = Numbers(4);
        return numbers.Length switch
        {
            0 => null,
            4 => new KeypointBox(numbers[0], numbers[1], numbers[2], numbers[3]),
            _ => throw Bad($"'bbox' must hold x, y, width, height, found {numbers.Length} numbers"),
        };
    }

    public readonly InvalidDataException Bad(string what) => new($"{source}: {Item}, byte {json.TokenStartIndex}: {what}.");

    public readonly InvalidDataException Missing(string field) => Bad($"'{field}' is missing");

    public readonly InvalidDataException Malformed(JsonException e) =>
        new($"{source}: {Item}, byte {json.BytesConsumed}: not valid JSON: {e.Message}", e);

    // Property names repeat a hundred thousand times: the known ones are not allocated again.
    private static string Known(in Utf8JsonReader json)
    {
        if (json.ValueIsEscaped)
            return Unescaped(json) ?? "";
        foreach (var name in KnownNames)
        {
            if (json.ValueTextEquals(name))
                return name;
        }
        return Unescaped(json) ?? "";
    }

    // JSON may escape half of a surrogate pair, and a file may hold any bytes; neither is text.
    private static string? Unescaped(in Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static readonly string[] KnownNames =
        ["keypoints", "bbox", "area", "iscrowd", "num_keypoints", "image_id", "category_id", "score", "id", "segmentation"];

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> json) =>
        json.StartsWith("\uFEFF"u8) ? json[3..] : json;
}
