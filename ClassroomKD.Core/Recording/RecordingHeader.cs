using System.Globalization;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>
/// What all files of one mentor state: whose answers they hold, to what, and in which form. Texts by name, as safetensors keeps them.
/// </summary>
internal sealed class RecordingHeader
{
    public const string Checksum = "checksum";
    private const string Version = "classroomkd.recording";
    private const string Data = "data.";
    private const string AnswerStatement = "answers.statement";

    // These differ from file to file.
    private const string Variant = "variant";
    private const string FirstBatch = "batches.first";

    private RecordingHeader(IReadOnlyDictionary<string, string> texts, string file)
    {
        string Text(string name) =>
            texts.GetValueOrDefault(name) ?? throw new RecordingException($"{file} is no file of a recording: it does not state '{name}'.");
        int Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new RecordingException($"{file}: expected '{name}' to be a number above 0, found '{Text(name)}'.");

        if (Text(Version) != "1")
            throw new RecordingException($"{file} is of version {texts[Version]} of recordings; this version of ClassroomKD reads 1.");
        Texts = texts.Where(entry => entry.Key is not (Checksum or Variant or FirstBatch)).ToDictionary();
        Mentor = Text("mentor");
        Fingerprint = Text("mentor.fingerprint");
        Form = RecordedForm.Parse(Text("form")) ?? throw new RecordingException($"{file} has the form '{Text("form")}', which is unknown.");
        Plan = new ShardPlan(Number("variants"), Number("batches.perEpoch"), Number("batches.perFile"));
        Input = Text("input");
        Parts = [.. Enumerable.Range(0, Number("answers")).Select(part => Layout(part, Text, file))];
        Classes = texts.TryGetValue("mentor.classes", out var map) ? ClassesOf(map, file) : null;
        DataTexts = Texts.Where(entry => entry.Key.StartsWith(Data, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[Data.Length..], entry => entry.Value);
    }

    public IReadOnlyDictionary<string, string> Texts { get; }

    public string Mentor { get; }

    public string Fingerprint { get; }

    public RecordedForm Form { get; }

    public ShardPlan Plan { get; }

    public string Input { get; }

    public IReadOnlyList<AnswerLayout> Parts { get; }

    public ClassMap? Classes { get; }

    /// <summary>What the answers say of themselves; null: nothing.</summary>
    public string? Stated => Texts.GetValueOrDefault(AnswerStatement);

    /// <summary>What tells the data apart, as they stated it.</summary>
    public IReadOnlyDictionary<string, string> DataTexts { get; }

    /// <summary>The header of what is about to be recorded.</summary>
    public static RecordingHeader Of<TAnswer>(
        Mentor<TAnswer> mentor, TAnswer answer, Tensor input, IReadOnlyDictionary<string, string> data, ShardPlan plan,
            RecordingOptions options)
    {
        Tensor[] parts = [.. AnswerTensors.Of(answer)];
        if (parts.Length == 0)
            throw new RecordingException($"Mentor '{mentor.Name}' answers with {typeof(TAnswer)}, which shows no tensors; a tensor or a " +
                $"tuple of tensors was expected.");
        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        var texts = new Dictionary<string, string>
        {
            [Version] = "1",
            ["mentor"] = mentor.Name,
            ["mentor.fingerprint"] = mentor.Fingerprint,
            ["form"] = options.Form.ToString(),
            ["variants"] = Text(plan.Variants),
            ["batches.perEpoch"] = Text(plan.BatchesPerEpoch),
            ["batches.perFile"] = Text(plan.BatchesPerFile),
            ["input"] = Describe(input),
            ["answers"] = Text(parts.Length),
        };
        for (var i = 0; i < parts.Length; i++)
        {
            texts[$"answers.{i}.shape"] = string.Join('x', parts[i].shape[1..]);
            texts[$"answers.{i}.type"] = SafetensorsType.Name(parts[i].dtype) ?? $"{parts[i].dtype}";
        }

        if (Statement(answer) is { } statement)
            texts[AnswerStatement] = statement;
        if (mentor.Classes is { } map)
            texts["mentor.classes"] = map.ToText();
        if (options.ClassNames?.FirstOrDefault(name => !UnicodeText.IsWhole(name)) is { } half)
            throw new RecordingException($"Expected names of classes that are text, found half of a surrogate pair in '{half}'.");
        if (options.ClassNames is { } names)
            texts["classNames"] = JsonSerializer.Serialize(names);
        foreach (var (name, text) in data)
            texts.Add(Data + name, text);
        return new RecordingHeader(texts, $"mentor '{mentor.Name}'");
    }

    /// <summary>The header that a file states.</summary>
    public static RecordingHeader Read(IReadOnlyDictionary<string, string> texts, string file) => new(texts, file);

    /// <summary>What an answer says of itself, if it is one that does.</summary>
    public static string? Statement(object? answer) => (answer as IRecordableAnswer)?.Statement;

    /// <summary>Type and size of a batch's samples, such as "Float32 3x32x32".</summary>
    public static string Describe(Tensor input) => $"{input.dtype} {string.Join('x', input.shape[1..])}";

    /// <summary>What a file of these batches states; the checksum comes last.</summary>
    public Dictionary<string, string> Of(Shard shard) => new(Texts)
    {
        [Variant] = shard.Variant.ToString(CultureInfo.InvariantCulture),
        [FirstBatch] = shard.First.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What differs from what was expected, each in a few words; empty: nothing.</summary>
    public static string Differences(IReadOnlyDictionary<string, string> found, IReadOnlyDictionary<string, string> expected,
        string prefix = "") =>
        string.Join("; ", expected.Keys.Union(found.Keys)
            .Where(name => found.GetValueOrDefault(name) != expected.GetValueOrDefault(name))
            .Select(name => $"{prefix}{name} was {Shown(found, name)} and is {Shown(expected, name)}"));

    // A checksum says nothing but that it is another.
    private static string Shown(IReadOnlyDictionary<string, string> texts, string name) => texts.GetValueOrDefault(name) switch
    {
        null => "absent",
        { Length: 64 } text when text.All(char.IsAsciiHexDigit) => $"of checksum {text[..12]}...",
        var text => text,
    };

    private AnswerLayout Layout(int part, Func<string, string> text, string file)
    {
        var (shape, type) = (text($"answers.{part}.shape"), text($"answers.{part}.type"));
        if (AnswerLayout.ParseShape(shape) is { } extents && SafetensorsType.Parse(type) is
            (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64) and { } known)
            return new AnswerLayout(extents, known, Form);
        throw new RecordingException($"{file}: expected answers of a floating type and a shape, found {type} [{shape}].");
    }

    private static ClassMap ClassesOf(string json, string file)
    {
        try
        {
            return ClassMap.FromText(json);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new RecordingException($"{file}: its class map cannot be read: {exception.Message}", exception);
        }
    }
}
