namespace ClassroomKD.Pose;

/// <summary>Precision and recall of one range of sizes; the first index is the OKS threshold.</summary>
internal sealed record CocoPrecisionRecall(int Persons, double[] Recall, double[][] Precision, double[][] Scores)
{
    // numpy.linspace(.5, .95, 10), whose ninth value is not the double nearest to .9.
    public static double[] Thresholds { get; } = [.5, .55, .6, .65, .7, .75, .8, .85, 0.8999999999999999, .95];
}
