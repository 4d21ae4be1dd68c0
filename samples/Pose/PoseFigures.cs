using ClassroomKD;
using ClassroomKD.Pose;

namespace PoseSample;

/// <summary>How well a network does on the test persons; AP and AR are COCO's, over OKS .50 to .95, and AP is the score.</summary>
internal static class PoseFigures
{
    public const double PckShare = .05;

    public static IReadOnlyList<string> Names { get; } = ["PCK", "AP", "AP50", "AR", "AR50"];

    public static ValidationResult Of(PersonDataset test, IReadOnlyList<PosePrediction> predictions)
    {
        var coco = PoseEvaluation.Coco(test, predictions);
        double[] figures = [PckMetric.Evaluate(test, predictions, PckShare).Mean, coco.AP, coco.AP50, coco.AR, coco.AR50];
        return new ValidationResult(coco.AP, Names.Zip(figures).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
