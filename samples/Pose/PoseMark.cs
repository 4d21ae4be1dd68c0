using ClassroomKD.Pose;

namespace PoseSample;

/// <summary>How well a network does on the test persons; AP and AR are COCO's, over OKS .50 to .95.</summary>
internal sealed record PoseMark(double Pck, double Ap, double Ap50, double Ar, double Ar50, IReadOnlyList<PosePrediction> Predictions)
{
    public const double PckShare = .05;

    public static PoseMark Of(PersonDataset test, IReadOnlyList<PosePrediction> predictions)
    {
        var coco = PoseEvaluation.Coco(test, predictions);
        return new PoseMark(
            PckMetric.Evaluate(test, predictions, PckShare).Mean, coco.AP, coco.AP50, coco.AR, coco.AR50, predictions);
    }
}
