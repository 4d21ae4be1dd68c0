using System.Globalization;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>The keys under which a card stands in a file; lists are JSON.</summary>
internal static class ModelCardText
{
    private const string Network = "network";
    private const string Classes = "classes";
    private const string Size = "input_size";
    private const string Mean = "mean";
    private const string Deviation = "std";
    private const string Range = "value_range";

    private static readonly string[] Own = [Network, Classes, Size, Mean, Deviation, Range];

    public static bool IsOwnKey(string key) => Own.Contains(key, StringComparer.Ordinal);

    public static Dictionary<string, string> Write(ModelCard card)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Network] = card.NetworkName,
            [Classes] = JsonSerializer.Serialize(card.ClassNames),
            [Size] = JsonSerializer.Serialize<int[]>([card.Mean.Count, card.InputSize.Height, card.InputSize.Width]),
            [Mean] = JsonSerializer.Serialize(card.Mean),
            [Deviation] = JsonSerializer.Serialize(card.StandardDeviation),
            [Range] = card.ValueRange.ToString("R", CultureInfo.InvariantCulture),
        };
        foreach (var (key, text) in card.Details)
            metadata.Add(key, text);
        return metadata;
    }

    public static ModelCard Read(IEnumerable<KeyValuePair<string, string>> metadata, string source)
    {
        var texts = new Dictionary<string, string>(metadata, StringComparer.Ordinal);
        T Take<T>(string key)
        {
            if (!texts.Remove(key, out var text))
                throw new WeightsException($"{source}: expected a model card with '{key}' in the metadata, found none.");
            try
            {
                return typeof(T) == typeof(string) ? (T)(object)text : JsonSerializer.Deserialize<T>(text) ?? throw new JsonException("null");
            }
            catch (JsonException exception)
            {
                throw new WeightsException($"{source}: expected '{key}' in the metadata to be {Kind(typeof(T))}, found '{text}'.", exception);
            }
        }

        var (name, classes, size) = (Take<string>(Network), Take<string[]>(Classes), Take<int[]>(Size));
        var (mean, deviation, range) = (Take<float[]>(Mean), Take<float[]>(Deviation), Take<double>(Range));
        if (size.Length != 3 || size[0] != mean.Length)
            throw new WeightsException($"{source}: expected '{Size}' to be [{mean.Length}, height, width], for as many channels as '{Mean}' has, found [{string.Join(", ", size)}].");
        var card = new ModelCard
        {
            NetworkName = name,
            ClassNames = classes,
            InputSize = (size[1], size[2]),
            Mean = mean,
            StandardDeviation = deviation,
            ValueRange = range,
            Details = texts,
        };
        return card.Fault() is { } fault ? throw new WeightsException($"{source}: the model card is no use: {fault}.") : card;
    }

    private static string Kind(Type type) => type == typeof(string[]) ? "a JSON list of texts" : type.IsArray ? "a JSON list of numbers" : "a number";
}
