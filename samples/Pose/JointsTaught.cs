using ClassroomKD;

namespace PoseSample;

/// <summary>Which joints a mentor taught over all trainings.</summary>
/// <param name="reports">Of all epochs.</param>
/// <param name="mentor">The mentor's number.</param>
internal sealed class JointsTaught(IReadOnlyList<GroupReport> reports, int mentor)
{
    /// <summary>COCO's joints in pairs; nose, eyes and ears together.</summary>
    public static IReadOnlyList<(string Name, int[] Joints)> Groups { get; } =
    [
        ("head", [0, 1, 2, 3, 4]), ("shoulder", [5, 6]), ("elbow", [7, 8]), ("wrist", [9, 10]), ("hip", [11, 12]), ("knee", [13, 14]),
        ("ankle", [15, 16]),
    ];

    /// <summary>How often it taught them.</summary>
    public double Share(int[] joints) => Ratio(Sum(joints, Taught), Sum(joints, (report, k) => report.Samples[k]));

    /// <summary>Its mean lead over the student in similarity where it taught them.</summary>
    public double Lead(int[] joints) => Ratio(
        Sum(joints, (report, k) => Taught(report, k) is > 0 and var taught ? taught * report.MeanGaps[mentor][k] : 0), Sum(joints, Taught));

    private double Taught(GroupReport report, int joint) =>
        report.Samples[joint] == 0 ? 0 : report.Samples[joint] * report.TaughtShares[mentor][joint];

    private double Sum(int[] joints, Func<GroupReport, int, double> figure) =>
        joints.Sum(joint => reports.Sum(report => figure(report, joint)));

    private static double Ratio(double sum, double count) => count == 0 ? 0 : sum / count;
}
