using System.Globalization;
using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>
/// The pre- and post-processing of an exported pose network: how a person is cut out, how the outputs are decoded and how a flip test
/// averages. It is stored in the <see cref="ModelCard"/>, whose classes are the joints.
/// </summary>
public sealed record PoseProcessing
{
    private const string BoxPaddingKey = "pose.box_padding";
    private const string CropKey = "pose.crop";
    private const string CodecKey = "pose.codec";
    private const string SigmaKey = "pose.sigma";
    private const string SplitKey = "pose.split";
    private const string FlipPairsKey = "pose.flip_pairs";
    private const string FlipShiftKey = "pose.flip_shift";
    private const string Simcc = "simcc";

    /// <summary>The processing of a network that answers with heatmaps.</summary>
    /// <param name="heatmaps">The codec of its heatmaps, which also determines the crop and the flip test.</param>
    public PoseProcessing(HeatmapCodec heatmaps) => Heatmaps = heatmaps ?? throw new ArgumentNullException(nameof(heatmaps));

    /// <summary>The processing of a network that answers with SimCC bins.</summary>
    /// <param name="bins">The codec of its bins.</param>
    public PoseProcessing(SimccCodec bins) => Bins = bins ?? throw new ArgumentNullException(nameof(bins));

    /// <summary>The codec of the heatmaps; null for bins.</summary>
    public HeatmapCodec? Heatmaps { get; }

    /// <summary>The codec of the bins; null for heatmaps.</summary>
    public SimccCodec? Bins { get; }

    /// <summary>The factor on both extents of a person's box, as <see cref="PersonCrop.FromBox"/> takes it.</summary>
    /// <value>Default 1.25.</value>
    public double BoxPadding { get; init; } = 1.25;

    /// <summary>The pairs of joints that are exchanged in a mirrored image.</summary>
    /// <value>Default: those of <see cref="JointLayout.Coco"/>.</value>
    public IReadOnlyList<(int Left, int Right)> FlipPairs { get; init; } = JointLayout.Coco.Pairs;

    /// <summary>Whether the crop is <see cref="CropTransform.Udp"/> instead of <see cref="CropTransform.Msra"/>.</summary>
    public bool UdpCrop => Heatmaps?.Udp ?? false;

    /// <summary>Whether <see cref="FlipTest"/> shifts mirrored heatmaps by a cell: true for MSRA and DARK, else false.</summary>
    public bool FlipShift => Heatmaps is { Udp: false };

    /// <summary>Reads the processing from a card.</summary>
    /// <param name="card">The card of a file, to which <see cref="AddTo"/> added the processing.</param>
    /// <returns>The processing.</returns>
    /// <exception cref="WeightsException">A key is missing, or its text is not valid.</exception>
    public static PoseProcessing Read(ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        var codec = Text(card, CodecKey);
        var sigma = Parse<double[]>(card, SigmaKey);
        var pairs = Parse<int[]?[]>(card, FlipPairsKey).Select(pair => pair ?? []);
        try
        {
            var processing = codec == Simcc
                ? new PoseProcessing(
                    new SimccCodec(card.InputSize.Width, card.InputSize.Height, Parse<double>(card, SplitKey), sigma[0], sigma[1]))
                : new PoseProcessing(new HeatmapCodec(Enum.Parse<HeatmapEncoding>(codec, ignoreCase: true), sigma[0]));
            processing = processing with
            {
                BoxPadding = Parse<double>(card, BoxPaddingKey), FlipPairs = [.. pairs.Select(pair => (pair[0], pair[1]))],
            };
            processing.Require(card);
            return processing;
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException)
        {
            throw new WeightsException(
                $"The card of '{card.NetworkName}' describes no pose: '{CodecKey}' is '{codec}', '{SigmaKey}' " +
                $"[{string.Join(", ", sigma)}], " +
                $"'{FlipPairsKey}' {card.Details[FlipPairsKey]}: {exception.Message}", exception);
        }
    }

    /// <summary>Adds the processing to a card.</summary>
    /// <param name="card">A card whose classes are the joints.</param>
    /// <returns>The card, with further <see cref="ModelCard.Details"/>.</returns>
    /// <exception cref="ArgumentException">The padding is not above 0, or pairs or bins do not fit the card.</exception>
    public ModelCard AddTo(ModelCard card)
    {
        ArgumentNullException.ThrowIfNull(card);
        Require(card);
        var details = new Dictionary<string, string>(card.Details)
        {
            [BoxPaddingKey] = Number(BoxPadding),
            [CropKey] = UdpCrop ? "udp" : "msra",
            [CodecKey] = Heatmaps is null ? Simcc : JsonNamingPolicy.CamelCase.ConvertName(Heatmaps.Encoding.ToString()),
            [SigmaKey] = JsonSerializer.Serialize<double[]>(Heatmaps is null ? [Bins!.SigmaX, Bins.SigmaY] : [Heatmaps.Sigma]),
            [FlipPairsKey] = JsonSerializer.Serialize(FlipPairs.Select(pair => new[] { pair.Left, pair.Right })),
            [FlipShiftKey] = FlipShift ? "true" : "false",
        };
        if (Bins is not null)
            details[SplitKey] = Number(Bins.Split);
        return card with
        {
            Details = details,
            Output = Bins is null ? "heatmaps" : "bins",
            Resizing = $"a person's box by '{CropKey}' and '{BoxPaddingKey}', bilinear",
        };
    }

    private void Require(ModelCard card)
    {
        if (!(BoxPadding > 0 && double.IsFinite(BoxPadding)))
            throw new ArgumentException($"Expected a padding above 0, found {BoxPadding}.");
        JointLayout.Mirrored(FlipPairs, card.ClassNames.Count);
        if (Bins is not null && (Bins.InputHeight, Bins.InputWidth) != card.InputSize)
            throw new ArgumentException(
                $"Expected bins for the card's input of {card.InputSize.Width}x{card.InputSize.Height}, found such for " +
                $"{Bins.InputWidth}x{Bins.InputHeight}.");
    }

    private static string Text(ModelCard card, string key) => card.Details.TryGetValue(key, out var text)
        ? text
        : throw new WeightsException($"The card of '{card.NetworkName}' describes no pose: expected '{key}' in its details, found none.");

    private static T Parse<T>(ModelCard card, string key)
    {
        var text = Text(card, key);
        try
        {
            return JsonSerializer.Deserialize<T>(text) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new WeightsException($"The card of '{card.NetworkName}' describes no pose: '{key}' is '{text}'.", exception);
        }
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
