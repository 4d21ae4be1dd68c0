namespace ClassroomKD.Pose;

/// <summary>What <see cref="PckhMetric"/> found, in percent; NaN for a joint that no person has labeled.</summary>
public sealed class PckhResult
{
    internal PckhResult(
        PckhConvention convention, double[] perJoint, int[] counts, double mean, double meanAtTenth, double auc, int headless) =>
        (Convention, PerJoint, Counts, Mean, MeanAtTenth, Auc, PersonsWithoutHead) =
            (convention, perJoint, counts, mean, meanAtTenth, auc, headless);

    /// <summary>The convention by which errors were counted.</summary>
    public PckhConvention Convention { get; }

    /// <summary>The threshold behind <see cref="MeanAtTenth"/>: .1, or .11 with <see cref="PckhConvention.Hrnet"/>.</summary>
    public double TenthThreshold => Convention == PckhConvention.Hrnet ? .11 : .1;

    /// <summary>PCKh@0.5 of each joint in MPII's order.</summary>
    public IReadOnlyList<double> PerJoint { get; }

    /// <summary>On how many persons each joint is labeled.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>How many persons are left out because their head box is missing or has no size.</summary>
    public int PersonsWithoutHead { get; }

    /// <summary>PCKh@0.5 of the head.</summary>
    public double Head => PerJoint[9];

    /// <summary>PCKh@0.5 of both shoulders, each side with the same weight, as for all pairs.</summary>
    public double Shoulder => Pair(12, 13);

    /// <summary>PCKh@0.5 of both elbows.</summary>
    public double Elbow => Pair(11, 14);

    /// <summary>PCKh@0.5 of both wrists.</summary>
    public double Wrist => Pair(10, 15);

    /// <summary>PCKh@0.5 of both hips.</summary>
    public double Hip => Pair(2, 3);

    /// <summary>PCKh@0.5 of both knees.</summary>
    public double Knee => Pair(1, 4);

    /// <summary>PCKh@0.5 of both ankles.</summary>
    public double Ankle => Pair(0, 5);

    /// <summary>PCKh@0.5 over all labeled joints but pelvis and thorax: MPII's main figure.</summary>
    public double Mean { get; }

    /// <summary>The same mean at <see cref="TenthThreshold"/>.</summary>
    public double MeanAtTenth { get; }

    /// <summary>The same mean, averaged over the thresholds 0, .01, ... .5.</summary>
    public double Auc { get; }

    private double Pair(int right, int left) => .5 * (PerJoint[right] + PerJoint[left]);
}
