using ClassroomKD;
using ClassroomKD.Pose;
using TorchSharp;
using static TorchSharp.torch;

namespace PoseSample;

/// <summary>Knowledge Filtering that counts which joints were taught, and by how much the mentor led the student on them.</summary>
internal sealed class JointTally : IMentorRanker, IStateful, IDisposable
{
    private readonly KnowledgeFilteringRanker ranker = new();
    private Tensor? sums; // [3, M, K]: joints taught, joints judged, similarity ahead where taught

    public Ranking Rank(in RankingArguments arguments)
    {
        var ranking = ranker.Rank(arguments);
        var assessment = (PoseAssessment)arguments.Assessment;
        using var scope = NewDisposeScope();
        var mentors = ranking.Weights.size(0);
        var judged = assessment.Judged.narrow(0, 1, mentors).to(ScalarType.Float32);
        var taught = judged * ranking.Weights.ne(Scalars.Zero).unsqueeze(2);
        var ahead = assessment.JointSimilarities.narrow(0, 1, mentors).sub(assessment.JointSimilarities.narrow(0, 0, 1)) * taught;
        var these = stack([taught, judged, ahead]).sum(2, type: ScalarType.Float64);
        if (sums is null)
            sums = these.DetachFromDisposeScope();
        else
            sums.add_(these, Scalars.One);
        return ranking;
    }

    /// <summary>Per mentor and joint the share taught, and the mean lead in similarity where it was.</summary>
    public IReadOnlyList<JointsTaught> Read()
    {
        if (sums is null)
            return [];
        var (mentors, joints) = ((int)sums.size(1), (int)sums.size(2));
        using var host = sums.cpu();
        var values = host.data<double>().ToArray();
        double Of(int row, int m, int k) => values[(row * mentors + m) * joints + k];
        return [.. Enumerable.Range(0, mentors).Select(m => new JointsTaught(
            [.. Enumerable.Range(0, joints).Select(k => Of(0, m, k))], [.. Enumerable.Range(0, joints).Select(k => Of(1, m, k))],
            [.. Enumerable.Range(0, joints).Select(k => Of(2, m, k))]))];
    }

    public IReadOnlyDictionary<string, Tensor> SaveState() =>
        sums is null ? new Dictionary<string, Tensor>() : new Dictionary<string, Tensor> { [nameof(sums)] = sums };

    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        Dispose();
        sums = state.TryGetValue(nameof(sums), out var saved) ? saved.clone().DetachFromDisposeScope() : null;
    }

    public void Dispose() => sums?.Dispose();
}

/// <summary>Sums over a training, per joint: how often taught, how often judged, how far ahead where taught.</summary>
internal sealed record JointsTaught(double[] Taught, double[] Judged, double[] Ahead)
{
    /// <summary>COCO's joints in pairs; nose, eyes and ears together.</summary>
    public static IReadOnlyList<(string Name, int[] Joints)> Groups { get; } =
    [
        ("head", [0, 1, 2, 3, 4]), ("shoulder", [5, 6]), ("elbow", [7, 8]), ("wrist", [9, 10]), ("hip", [11, 12]), ("knee", [13, 14]),
        ("ankle", [15, 16]),
    ];

    /// <summary>Of each mentor over several trainings.</summary>
    public static IEnumerable<JointsTaught> Of(IEnumerable<JointTally> tallies) => tallies.Select(tally => tally.Read()).Aggregate(
        (all, more) => [.. all.Zip(more, (a, b) => new JointsTaught(Sum(a.Taught, b.Taught), Sum(a.Judged, b.Judged), Sum(a.Ahead, b.Ahead)))]);

    public double Share(int[] joints) => Ratio(joints.Sum(k => Taught[k]), joints.Sum(k => Judged[k]));

    public double Lead(int[] joints) => Ratio(joints.Sum(k => Ahead[k]), joints.Sum(k => Taught[k]));

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Ratio(double sum, double count) => count == 0 ? 0 : sum / count;
}
