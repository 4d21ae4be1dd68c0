using Google.Protobuf;
using Tensorboard;
using TorchSharp.Modules;
using static TorchSharp.torch.utils;

namespace ClassroomKD;

/// <summary>Writes a training's epochs to event files that TensorBoard shows (<c>tensorboard --logdir FOLDER</c>).</summary>
/// <remarks>
/// The step is the number of training steps done. Tags: <c>loss</c>, <c>learning_rate</c>, <c>score</c>, <c>validation/NAME</c> and, in a
/// classroom, <c>task_loss</c>, <c>plain_task_loss</c>, <c>student_performance</c>,
/// <c>task_gradient</c>, <c>mentor_gradient</c>, and for each mentor <c>taught_share/NAME</c>,
/// <c>weight/NAME</c>,
/// <c>temperature/NAME</c>, <c>performance/NAME</c>, <c>mentor_loss/NAME</c>, <c>gap/NAME</c>, <c>agreement/NAME</c> and
/// <c>student_ahead_share/NAME</c>; what is NaN is left out. A resumed training writes a second file into the folder, without the epochs
/// that the first one has.
/// </remarks>
public sealed class TensorBoardLog : ITrainingObserver
{
    private const string Complete = "loss"; // written last: an epoch that has it has all

    private readonly string folder;
    private SummaryWriter? writer;

    /// <summary>A log in a folder.</summary>
    /// <param name="folder">A folder for this training alone; it is made if it does not exist. TensorBoard shows folders beside each other
    /// as runs.</param>
    /// <exception cref="ArgumentException">The folder's name is empty.</exception>
    public TensorBoardLog(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        this.folder = folder;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        var written = epochs.Count > 0 ? StepsWritten() : [];
        writer = FileAccessErrors.AsIO(folder, () => tensorboard.SummaryWriter(folder));
        foreach (var epoch in epochs)
            if (!written.Contains(epoch.Steps))
                EpochEnded(epoch);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void EpochEnded(EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        writer ??= FileAccessErrors.AsIO(folder, () => tensorboard.SummaryWriter(folder));
        foreach (var (tag, value) in Scalars(result).Where(scalar => !double.IsNaN(scalar.Value) || scalar.Tag == Complete))
            // Seconds, as TensorBoard expects them; TorchSharp's own default counts in other units.
            writer.add_scalar(tag, (float)value, checked((int)result.Steps), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    private static IEnumerable<(string Tag, double Value)> Scalars(EpochResult result)
    {
        yield return ("learning_rate", result.LearningRate);
        if (result.Validation is { } validation)
        {
            yield return ("score", validation.Score);
            foreach (var (name, value) in validation.Figures ?? new Dictionary<string, double>())
                yield return ($"validation/{name}", value);
        }

        if (result.Teaching is { } teaching)
        {
            yield return ("task_loss", teaching.TaskLoss);
            yield return ("plain_task_loss", teaching.PlainTaskLoss);
            yield return ("student_performance", teaching.StudentPerformance);
            yield return ("task_gradient", teaching.TaskGradient);
            yield return ("mentor_gradient", teaching.MentorGradient);
            foreach (var mentor in teaching.Mentors)
            {
                yield return ($"taught_share/{mentor.Name}", mentor.TaughtShare);
                yield return ($"weight/{mentor.Name}", mentor.MeanWeight);
                yield return ($"temperature/{mentor.Name}", mentor.MeanTemperature);
                yield return ($"performance/{mentor.Name}", mentor.MeanPerformance);
                yield return ($"mentor_loss/{mentor.Name}", mentor.MeanLoss);
                yield return ($"gap/{mentor.Name}", mentor.MeanGap);
                yield return ($"agreement/{mentor.Name}", mentor.Agreement);
                yield return ($"student_ahead_share/{mentor.Name}", mentor.StudentAheadShare);
            }
        }

        yield return (Complete, result.Loss);
    }

    private HashSet<long> StepsWritten() => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "events.out.tfevents.*").SelectMany(Events)
            .Where(written => written.Summary?.Value.Any(value => value.Tag == Complete) == true).Select(written => written.Step)]
        : [];

    /// <summary>The events of a file (records of length, its checksum, data, its checksum) up to the first that a kill left
    /// unfinished, or that is damaged.</summary>
    internal static IEnumerable<Event> Events(string file)
    {
        var bytes = InputFile.ReadAllBytes(file);
        for (var at = 0; at + 16 <= bytes.Length;)
        {
            var length = BitConverter.ToInt64(bytes, at);
            if (length < 0 || length > bytes.Length - at - 16)
                yield break;
            if (Parsed(bytes, at + 12, (int)length) is not { } written)
                yield break;
            yield return written;
            at += 16 + (int)length;
        }
    }

    private static Event? Parsed(byte[] bytes, int at, int length)
    {
        try
        {
            return Event.Parser.ParseFrom(bytes, at, length);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
