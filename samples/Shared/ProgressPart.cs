using ClassroomKD;

namespace Samples;

/// <summary>One training or recording within the whole run; its notices are said.</summary>
/// <param name="progress">Of the whole run.</param>
/// <param name="work">Its part of the total.</param>
/// <param name="what">What is being done.</param>
internal sealed class ProgressPart(ProgressDisplay progress, double work, string what)
    : ITrainingObserver, IProgress<TrainingProgress>, IProgress<RecordingProgress>
{
    private double? done;

    public void Report(TrainingProgress value) => To((double)value.Step / value.Steps, 1.0 / value.Steps);

    public void Report(RecordingProgress value)
    {
        if (value.Notice is { } notice)
            Noticed(notice);
        To((double)value.Batches / value.AllBatches, 1.0 / value.AllBatches);
    }

    public void Noticed(string message) => progress.Say($"{what}: {message}");

    /// <summary>All is done, by this run or one before.</summary>
    public void Complete() => To(1, 0);

    // What is found done at the first report was done by a run before.
    private void To(double share, double step)
    {
        if (done is null)
            progress.Advance(work * (share - step), $"{what} (kept)", before: true);
        progress.Advance(work * (share - (done ?? share - step)), what);
        done = share;
    }
}
