namespace ClassroomKD;

public partial class Classroom<TAnswer, TTarget>
{
    /// <summary>The processes that share every batch with this one: its performances at the batch's granularity, and its reports, are
    /// those of all. A trainer sets it.</summary>
    /// <value>Default null: this process is alone.</value>
    public IDataParallel? Parallel { get; set; }

    /// <summary>Takes part in the lesson of a batch of which this process has no sample.</summary>
    internal void TeachNobody(Device device)
    {
        var present = Attendance.Of(chain.Selector, mentors.Count, Step).Present;
        foreach (var m in present)
            mentors[m].AnswerNothing(Step);
        if (granularity == PerformanceGranularity.Batch && Parallel is not null)
            BatchMean.OfNothing(1 + present.Count, Parallel, device);
        tally.AddNothing();
        Step++;
    }

    private static Tensor Count(Assessment assessment) => assessment.Counted is { } counted
        ? counted.sum()
        : full([], Scalars.OfInteger(assessment.Performances.size(1)), ScalarType.Int64, assessment.Performances.device);
}
