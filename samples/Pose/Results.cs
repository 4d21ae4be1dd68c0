using ClassroomKD.Pose;

namespace PoseSample;

/// <summary>How well a network does on the test persons; AP and AR are COCO's, over OKS .50 to .95.</summary>
internal sealed record Marks(double Pck, double Ap, double Ap50, double Ar, double Ar50)
{
    public const double PckShare = .05;

    public static Marks Of(PersonDataset test, IReadOnlyList<PosePrediction> predictions)
    {
        var coco = PoseEvaluation.Coco(test, predictions);
        return new Marks(PckMetric.Evaluate(test, predictions, PckShare).Mean, coco.AP, coco.AP50, coco.AR, coco.AR50);
    }
}

/// <summary>How well a mentor does, how often and how softly it taught, and which joints, over all seeds of the classroom run.</summary>
internal sealed record MentorResult(
    string Name, long Parameters, Marks Marks, double TaughtShare, double MeanWeight, double MeanTemperature, JointsTaught Joints);

/// <summary>One way of training the student, over all seeds.</summary>
internal sealed record StudentResult(string Name, IReadOnlyList<Marks> PerSeed)
{
    public double Mean(Func<Marks, double> figure) => PerSeed.Average(figure);

    /// <summary>The standard deviation over the seeds (n - 1); 0 for one seed.</summary>
    public double Spread(Func<Marks, double> figure) =>
        PerSeed.Count < 2 ? 0 : Math.Sqrt(PerSeed.Sum(marks => Math.Pow(figure(marks) - Mean(figure), 2)) / (PerSeed.Count - 1));
}

/// <summary>Everything that the tables, the pictures and the JSON line show.</summary>
internal sealed record StudyResult(
    string Data, int TrainingPersons, int TestPersons, int Epochs, int Steps, long StudentParameters, IReadOnlyList<MentorResult> Mentors,
    IReadOnlyList<StudentResult> Students, double Seconds);
