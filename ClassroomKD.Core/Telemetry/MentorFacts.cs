using System.Diagnostics;

namespace ClassroomKD;

/// <summary>What is known of a mentor before it teaches: its quality and its cost, for logs and reports.</summary>
/// <param name="Name">Its name, as in the classroom.</param>
/// <param name="Parameters">The number of its parameters; null: unknown.</param>
/// <param name="SecondsPerBatch">How long its model takes to answer a batch, in seconds; null: not measured. Reports do not count it
/// where the training replayed recorded answers (<see cref="TrainingRecord.IsRecorded"/>).</param>
/// <param name="Score">Its own score on the validation data, on the scale of <see cref="ValidationResult.Score"/>; null: not
/// examined.</param>
public sealed record MentorFacts(string Name, long? Parameters = null, double? SecondsPerBatch = null, double? Score = null)
{
    private const int Repetitions = 5;

    /// <summary>Counts a mentor's parameters and measures the time of an answer: the median of five, after one that is not
    /// measured.</summary>
    /// <typeparam name="TAnswer">What it answers with.</typeparam>
    /// <param name="mentor">The mentor.</param>
    /// <param name="batch">A batch <c>[B, ...]</c> as the training draws them, on the mentor's device.</param>
    /// <param name="score">Its own score, if it was examined.</param>
    /// <returns>The facts. Waits for the device.</returns>
    /// <exception cref="MentorException">The mentor cannot answer the batch.</exception>
    public static MentorFacts Measure<TAnswer>(Mentor<TAnswer> mentor, Tensor batch, double? score = null)
    {
        ArgumentNullException.ThrowIfNull(mentor);
        ArgumentNullException.ThrowIfNull(batch);
        var seconds = new double[Repetitions];
        for (var i = -1; i < Repetitions; i++)
        {
            using var scope = NewDisposeScope();
            var start = Stopwatch.GetTimestamp();
            mentor.Answer(batch);
            if (batch.device_type == DeviceType.CUDA)
                cuda.synchronize();
            if (i >= 0)
                seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return new MentorFacts(mentor.Name, mentor.ParameterCount, seconds[Repetitions / 2], score);
    }
}
