using System.Globalization;

namespace ClassroomKD.Pose;

/// <summary>What <see cref="CocoKeypointMetric"/> found. Every figure is a fraction, or -1 where there is no truth to find.</summary>
public sealed class CocoKeypointResult
{
    private readonly CocoPrecisionRecall[] curves;

    internal CocoKeypointResult(CocoPrecisionRecall[] curves, double[] perJoint, int[] perJointCount)
    {
        this.curves = curves;
        PerJointSimilarity = perJoint;
        PerJointCount = perJointCount;
    }

    /// <summary>The boxes in which the poses were predicted, which a published figure must state.</summary>
    public PersonBoxes Boxes { get; internal init; }

    /// <summary>The category evaluated.</summary>
    public long CategoryId { get; internal init; }

    /// <summary>How many detections count per image.</summary>
    public int MaxDetections { get; internal init; }

    /// <summary>What the figures do not show, a sentence each: rules of the metric that befell the data. Empty for clean data.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>Average precision over the OKS thresholds .50 to .95, the main figure of COCO.</summary>
    public double AP => Mean(CocoAreaRange.All, AveragePrecision);

    /// <summary>Average precision at OKS .50.</summary>
    public double AP50 => AveragePrecision(CocoAreaRange.All, 0);

    /// <summary>Average precision at OKS .75.</summary>
    public double AP75 => AveragePrecision(CocoAreaRange.All, 5);

    /// <summary>Average precision of medium persons.</summary>
    public double APMedium => Mean(CocoAreaRange.Medium, AveragePrecision);

    /// <summary>Average precision of large persons.</summary>
    public double APLarge => Mean(CocoAreaRange.Large, AveragePrecision);

    /// <summary>Average recall over the OKS thresholds .50 to .95.</summary>
    public double AR => Mean(CocoAreaRange.All, RecallAt);

    /// <summary>Recall at OKS .50.</summary>
    public double AR50 => RecallAt(CocoAreaRange.All, 0);

    /// <summary>Recall at OKS .75.</summary>
    public double AR75 => RecallAt(CocoAreaRange.All, 5);

    /// <summary>Average recall of medium persons.</summary>
    public double ARMedium => Mean(CocoAreaRange.Medium, RecallAt);

    /// <summary>Average recall of large persons.</summary>
    public double ARLarge => Mean(CocoAreaRange.Large, RecallAt);

    /// <summary>
    /// Not a COCO figure: the mean similarity of each joint, over the persons found at OKS .50 (all sizes, no ignored ones) on whom it
    /// is labeled; NaN where there is none.
    /// </summary>
    public IReadOnlyList<double> PerJointSimilarity { get; }

    /// <summary>How many persons each value of <see cref="PerJointSimilarity"/> is the mean of.</summary>
    public IReadOnlyList<int> PerJointCount { get; }

    /// <summary>Average precision at one threshold.</summary>
    /// <param name="area">The size of person.</param>
    /// <param name="threshold">Index 0 to 9 of the OKS threshold .50, .55, ... .95.</param>
    /// <returns>The mean of the 101 points of <see cref="PrecisionAt"/>, or -1.</returns>
    public double AveragePrecision(CocoAreaRange area, int threshold)
    {
        var precision = PrecisionAt(area, threshold);
        return precision.Count == 0 ? -1 : precision.Sum() / precision.Count;
    }

    /// <summary>The share of the persons found at one threshold.</summary>
    /// <inheritdoc cref="AveragePrecision" path="/param"/>
    /// <returns>The recall, or -1.</returns>
    public double RecallAt(CocoAreaRange area, int threshold) =>
        Persons(area) == 0 ? -1 : curves[(int)area].Recall[threshold];

    /// <summary>The interpolated precision at recall 0, .01, ... 1; empty where there is no truth.</summary>
    /// <inheritdoc cref="AveragePrecision" path="/param"/>
    /// <returns>101 values or none.</returns>
    public IReadOnlyList<double> PrecisionAt(CocoAreaRange area, int threshold) =>
        Persons(area) == 0 ? [] : curves[(int)area].Precision[threshold];

    /// <summary>The score of the detection that reached each recall 0, .01, ... 1; empty where there is no truth.</summary>
    /// <inheritdoc cref="AveragePrecision" path="/param"/>
    /// <returns>101 values, 0 beyond the highest recall, or none.</returns>
    public IReadOnlyList<double> ScoresAt(CocoAreaRange area, int threshold) =>
        Persons(area) == 0 ? [] : curves[(int)area].Scores[threshold];

    /// <summary>The number of annotated persons that count: those of the size that are not ignored.</summary>
    /// <param name="area">The size of person.</param>
    /// <returns>The number of persons that recall is a share of.</returns>
    public int Persons(CocoAreaRange area) => curves[(int)area].Persons;

    /// <summary>The figures in one line with the boxes they are of, then each note in a line.</summary>
    /// <returns>Such as <c>AP 0.500, AP50 0.750, ... on detected boxes</c>.</returns>
    public override string ToString()
    {
        (string Name, double Value)[] figures =
        [
            ("AP", AP), ("AP50", AP50), ("AP75", AP75), ("APm", APMedium), ("APl", APLarge), ("AR", AR), ("AR50", AR50), ("AR75", AR75),
            ("ARm", ARMedium), ("ARl", ARLarge),
        ];
        var boxes = Boxes switch
        {
            PersonBoxes.Annotated => " on annotated boxes",
            PersonBoxes.Detected => " on detected boxes",
            _ => "",
        };
        var line = figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value:F3}"));
        return string.Join('\n', [string.Join(", ", line) + boxes, .. Notes]);
    }

    private static double Mean(CocoAreaRange area, Func<CocoAreaRange, int, double> figure)
    {
        var sum = 0.0;
        for (var t = 0; t < CocoPrecisionRecall.Thresholds.Length; t++)
            sum += figure(area, t);
        return sum / CocoPrecisionRecall.Thresholds.Length;
    }
}
