using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>Random arguments for a loss, every sample with temperatures of its own.</summary>
internal static class LossCase
{
    public static readonly ILogitsDistillationLoss[] All =
        [new DkdLoss(1.5, 2), new DistLoss(0.7, 1.3), new LogitStandardizationLoss(), new LogitsMseLoss(), new TtmLoss(), new WttmLoss()];

    public static LogitsLossArguments Arguments(
        int batch, int classes, ScalarType type = ScalarType.Float64, double spread = 2, long seed = 7)
    {
        using var generator = new Generator((ulong)seed);
        var mentorTemperatures = rand([batch], ScalarType.Float64, generator: generator) * 4 + 1;
        var studentTemperatures = rand([batch], ScalarType.Float64, generator: generator) * 4 + 1;
        var labels = randint(classes, [batch], generator: generator);
        return new LogitsLossArguments
        {
            Student = (randn([batch, classes], ScalarType.Float64, generator: generator) * spread).to(type),
            Mentor = (randn([batch, classes], ScalarType.Float64, generator: generator) * spread).to(type),
            Temperatures = mentorTemperatures.to(type),
            StudentTemperatures = studentTemperatures.to(type),
            TargetDistribution = nn.functional.one_hot(labels, classes).to(type),
        };
    }

    public static LogitsLossArguments With(
        this LogitsLossArguments arguments, Tensor? student = null, Tensor? mentor = null, Tensor? temperatures = null,
        Tensor? target = null) => new()
        {
            Student = student ?? arguments.Student,
            Mentor = mentor ?? arguments.Mentor,
            Temperatures = temperatures ?? arguments.Temperatures,
            StudentTemperatures = temperatures ?? arguments.StudentTemperatures,
            TargetDistribution = target ?? arguments.TargetDistribution,
        };

    /// <summary>Plain KL of each row, the textbook formula.</summary>
    public static double[] Divergences(Tensor mentor, Tensor student)
    {
        var (rows, columns) = ((int)mentor.size(0), (int)mentor.size(1));
        var (p, q) = (mentor.softmax(1).Doubles(), student.softmax(1).Doubles());
        return [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(i * columns, columns).Sum(j => p[j] * Math.Log(p[j] / q[j])))];
    }
}
