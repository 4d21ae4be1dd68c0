namespace ClassroomKD;

/// <summary>
/// Which of the recorded epochs a batch repeats. Only <see cref="RecordedLessons.Replay{TTarget}"/> makes it, after comparing the data.
/// </summary>
public sealed record RecordedVariant
{
    internal RecordedVariant(string data, int number) => (Data, Number) = (data, number);

    /// <summary>The checksum of what tells the data apart.</summary>
    public string Data { get; }

    /// <summary>The epoch, from 0.</summary>
    public int Number { get; }
}
