using System.Globalization;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>What a trained model needs to be used alone, written beside its weights in safetensors and ONNX files.</summary>
/// <remarks>
/// A raw input <c>[B, C, H, W]</c> is resized to <see cref="InputSize"/> and normalized per channel:
/// <c>(x / ValueRange - Mean) / StandardDeviation</c>. In a file the card is text under the keys that docs/export.md lists.
/// </remarks>
public sealed record ModelCard
{
    // The keys of the metadata; lists are JSON.
    private const string NetworkKey = "network";
    private const string ClassesKey = "classes";
    private const string SizeKey = "input_size";
    private const string MeanKey = "mean";
    private const string DeviationKey = "std";
    private const string RangeKey = "value_range";
    private const string ColorsKey = "color_order";
    private const string ResizingKey = "resizing";
    private const string OutputKey = "output";

    private static readonly string[] OwnKeys =
        [NetworkKey, ClassesKey, SizeKey, MeanKey, DeviationKey, RangeKey, ColorsKey, ResizingKey, OutputKey];

    /// <summary>The network's name, for <c>VisionNetworks.Create(card.NetworkName, card.ClassNames.Count)</c>.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The meaning of the entries of dimension 1 of each output: the classes of <c>[B, classes]</c>, for example.</summary>
    /// <value>At least one name; names must differ.</value>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The height and width of the input.</summary>
    public required (int Height, int Width) InputSize { get; init; }

    /// <summary>The mean of each of the C channels, in order, after the division by <see cref="ValueRange"/>.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>The standard deviation of each of the C channels, likewise; above 0.</summary>
    public required IReadOnlyList<float> StandardDeviation { get; init; }

    /// <summary>The divisor of raw values, above 0.</summary>
    /// <value>Default 255, for bytes.</value>
    public double ValueRange { get; init; } = 255;

    /// <summary>What the channels of the input are, in order, such as <c>RGB</c> or <c>BGR</c>.</summary>
    /// <value>Default <c>RGB</c> for three channels, <c>gray</c> for one, else <c>as trained</c>.</value>
    public string ColorOrder
    {
        get => field ?? (Mean?.Count switch { 1 => "gray", 3 => "RGB", _ => "as trained" });
        init;
    }

    /// <summary>How an image of another size gets <see cref="InputSize"/>, in words.</summary>
    /// <value>Default <c>whole image, bilinear, antialiased</c>: both sides are resized as Pillow's bilinear filter does.</value>
    public string Resizing { get; init; } = "whole image, bilinear, antialiased";

    /// <summary>What the outputs are: <c>logits</c> have not gone through softmax.</summary>
    /// <value>Default <c>logits</c>.</value>
    public string Output { get; init; } = "logits";

    /// <summary>Further texts under keys of their own, such as how the outputs are to be read.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the card of a safetensors file, without its tensors. <c>OnnxFile.ReadCard</c> reads that of an ONNX file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The card.</returns>
    /// <exception cref="WeightsException">The file is damaged or has no valid card; the message names the file and the key.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static ModelCard Read(string path)
    {
        using var stream = InputFile.Open(path);
        try
        {
            return FromMetadata(SafetensorsHeader.Read(stream).Metadata, path);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsException($"{path}: no safetensors file: {exception.Message}.", exception);
        }
    }

    /// <summary>The card from a file's metadata.</summary>
    /// <param name="metadata">Keys and texts; those that are not the card's own become <see cref="Details"/>.</param>
    /// <param name="source">The file's name in messages.</param>
    /// <returns>The card.</returns>
    /// <exception cref="WeightsException">A key is missing, or its text is not valid.</exception>
    public static ModelCard FromMetadata(IEnumerable<KeyValuePair<string, string>> metadata, string source)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(source);
        var texts = new Dictionary<string, string>(metadata, StringComparer.Ordinal);
        T Take<T>(string key)
        {
            if (!texts.Remove(key, out var text))
                throw new WeightsException($"{source}: expected a model card with '{key}' in the metadata, found none.");
            try
            {
                return typeof(T) == typeof(string)
                    ? (T)(object)text
                    : JsonSerializer.Deserialize<T>(text) ?? throw new JsonException("null");
            }
            catch (JsonException exception)
            {
                throw new WeightsException(
                    $"{source}: expected '{key}' in the metadata to be {Kind(typeof(T))}, found '{text}'.", exception);
            }
        }

        string? Optional(string key) => texts.Remove(key, out var text) ? text : null;

        var (name, classes, size) = (Take<string>(NetworkKey), Take<string[]>(ClassesKey), Take<int[]>(SizeKey));
        var (mean, deviation, range) = (Take<float[]>(MeanKey), Take<float[]>(DeviationKey), Take<double>(RangeKey));
        if (size.Length != 3 || size[0] != mean.Length)
            throw new WeightsException(
                $"{source}: expected '{SizeKey}' to be [{mean.Length}, height, width], for as many channels as '{MeanKey}' has, " +
                $"found [{string.Join(", ", size)}].");
        // Cards of earlier versions are without the last three.
        var (colors, resizing, output) = (Optional(ColorsKey), Optional(ResizingKey), Optional(OutputKey));
        var card = new ModelCard
        {
            NetworkName = name,
            ClassNames = classes,
            InputSize = (size[1], size[2]),
            Mean = mean,
            StandardDeviation = deviation,
            ValueRange = range,
            ColorOrder = colors!,
            Details = texts,
        };
        card = card with { Resizing = resizing ?? card.Resizing, Output = output ?? card.Output };
        return card.Fault() is { } fault ? throw new WeightsException($"{source}: the model card is no use: {fault}.") : card;
    }

    /// <summary>The card as metadata of a file.</summary>
    /// <returns>Keys and texts, <see cref="Details"/> last.</returns>
    /// <exception cref="ArgumentException">The card is incomplete or inconsistent; the message names the property.</exception>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        if (Fault() is { } fault)
            throw new ArgumentException($"The card of '{NetworkName}': {fault}.");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [NetworkKey] = NetworkName,
            [ClassesKey] = JsonSerializer.Serialize(ClassNames),
            [SizeKey] = JsonSerializer.Serialize<int[]>([Mean.Count, InputSize.Height, InputSize.Width]),
            [MeanKey] = JsonSerializer.Serialize(Mean),
            [DeviationKey] = JsonSerializer.Serialize(StandardDeviation),
            [RangeKey] = ValueRange.ToString("R", CultureInfo.InvariantCulture),
            [ColorsKey] = ColorOrder,
            [ResizingKey] = Resizing,
            [OutputKey] = Output,
        };
        foreach (var (key, text) in Details)
            metadata.Add(key, text);
        return metadata;
    }

    // What is wrong with the card; null if nothing is.
    private string? Fault()
    {
        if (string.IsNullOrWhiteSpace(NetworkName))
            return $"expected a {nameof(NetworkName)}, found none";
        if (ClassNames is not { Count: > 0 } || ClassNames.Any(string.IsNullOrEmpty))
            return $"expected {nameof(ClassNames)}, none of them empty";
        if (ClassNames.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return $"expected each of {nameof(ClassNames)} once, found '{twice.Key}' {twice.Count()} times";
        if (InputSize.Height < 1 || InputSize.Width < 1)
            return $"expected an {nameof(InputSize)} of at least 1x1, found {InputSize.Height}x{InputSize.Width}";
        if (Mean is not { Count: > 0 } || StandardDeviation?.Count != Mean.Count)
            return $"expected a {nameof(Mean)} and a {nameof(StandardDeviation)} for each channel, found {Mean?.Count ?? 0} and " +
                $"{StandardDeviation?.Count ?? 0}";
        if (!Mean.All(float.IsFinite) || !StandardDeviation.All(deviation => float.IsFinite(deviation) && deviation > 0))
            return $"expected finite figures and a {nameof(StandardDeviation)} above 0, found {string.Join(", ", Mean)} and " +
                $"{string.Join(", ", StandardDeviation)}";
        if (!double.IsFinite(ValueRange) || ValueRange <= 0)
            return $"expected a {nameof(ValueRange)} above 0, found {ValueRange}";
        if (string.IsNullOrWhiteSpace(ColorOrder) || string.IsNullOrWhiteSpace(Resizing) || string.IsNullOrWhiteSpace(Output))
            return $"expected a {nameof(ColorOrder)}, a {nameof(Resizing)} and an {nameof(Output)}, " +
                $"found '{ColorOrder}', '{Resizing}' and '{Output}'";
        if (ClassNames.Concat([NetworkName, ColorOrder, Resizing, Output]).FirstOrDefault(text => !UnicodeText.IsWhole(text)) is { } half)
            return $"expected text, found half of a surrogate pair in '{half}'";
        if (Details?.Keys.FirstOrDefault(key => OwnKeys.Contains(key, StringComparer.Ordinal)) is { } taken)
            return $"expected {nameof(Details)} under keys of their own, found '{taken}'";
        return null;
    }

    private static string Kind(Type type) =>
        type == typeof(string[]) ? "a JSON list of texts" : type.IsArray ? "a JSON list of numbers" : "a number";
}
