namespace ClassroomKD.Pose;

/// <summary>MPII's PCKh: the share of joints predicted within a part of the head's size.</summary>
public static class PckhMetric
{
    private const int Pelvis = 6, Thorax = 7;
    private const int Steps = 51;

    /// <summary>Evaluates one prediction for each person. Persons whose head has no size are left out and counted.</summary>
    /// <param name="truth">N persons.</param>
    /// <param name="predictions">x and y of 16 joints per person in pixels counted from 0 (MPII counts from 1); length 32N.</param>
    /// <param name="convention">How errors of exactly the threshold and "Mean@0.1" count. Default HRNet's, as in most papers.</param>
    /// <returns>All figures in percent.</returns>
    /// <exception cref="ArgumentException">There are not 32N finite numbers, or the convention is none.</exception>
    public static PckhResult Evaluate(MpiiTruth truth, IReadOnlyList<double> predictions, PckhConvention convention = PckhConvention.Hrnet)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count != 2 * MpiiTruth.Joints * truth.Persons)
            throw new ArgumentException(
                $"Expected {truth.Persons} persons x {MpiiTruth.Joints} joints x 2, found {predictions.Count} numbers.",
                nameof(predictions));
        if (!Enum.IsDefined(convention))
            throw new ArgumentException($"Expected a convention of {nameof(PckhConvention)}, found {convention}.", nameof(convention));

        var hits = new int[Steps, MpiiTruth.Joints];
        var counts = new int[MpiiTruth.Joints];
        var headless = 0;
        for (var person = 0; person < truth.Persons; person++)
        {
            if (!(truth.HeadSize(person) > 0 && double.IsFinite(truth.HeadSize(person))))
            {
                headless++;
                continue;
            }
            for (var joint = 0; joint < MpiiTruth.Joints; joint++)
            {
                if (!truth.IsLabeled(person, joint))
                    continue;
                counts[joint]++;
                Count(Error(truth, predictions, person, joint), joint, hits, convention);
            }
        }
        var curve = Enumerable.Range(0, Steps).Select(step => Mean(hits, counts, step)).ToArray();
        var perJoint = Enumerable.Range(0, MpiiTruth.Joints).Select(joint => 100.0 * hits[Steps - 1, joint] / counts[joint]).ToArray();
        var tenth = convention == PckhConvention.Hrnet ? 11 : 10;
        return new PckhResult(convention, perJoint, counts, curve[Steps - 1], curve[tenth], curve.Sum() / Steps, headless);
    }

    private static double Error(MpiiTruth truth, IReadOnlyList<double> predictions, int person, int joint)
    {
        var at = 2 * (person * MpiiTruth.Joints + joint);
        var (x, y) = truth.Position(person, joint);
        var (dx, dy) = (predictions[at] + 1 - x, predictions[at + 1] + 1 - y);
        var error = Math.Sqrt(dx * dx + dy * dy) / truth.HeadSize(person);
        return double.IsFinite(predictions[at]) && double.IsFinite(predictions[at + 1])
            ? error
            : throw new ArgumentException(
                $"Expected finite predictions, found ({predictions[at]}, {predictions[at + 1]}) for person {person}, joint {joint}.",
                nameof(predictions));
    }

    private static void Count(double error, int joint, int[,] hits, PckhConvention convention)
    {
        for (var step = 0; step < Steps; step++)
        {
            if (error < step * .01 || (error == step * .01 && convention != PckhConvention.MMPose))
                hits[step, joint]++;
        }
    }

    private static double Mean(int[,] hits, int[] counts, int step)
    {
        var (right, all) = (0, 0);
        for (var joint = 0; joint < counts.Length; joint++)
        {
            if (joint is Pelvis or Thorax)
                continue;
            right += hits[step, joint];
            all += counts[joint];
        }
        return 100.0 * right / all;
    }
}
