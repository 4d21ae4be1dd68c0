namespace ClassroomKD;

/// <summary>A batch as a mentor sees it. A live mentor reads the input alone, a recorded one looks the samples up.</summary>
internal readonly struct MentorQuestion
{
    public required Tensor Input { get; init; }

    public required int Number { get; init; }

    public required IReadOnlyList<int>? Samples { get; init; }

    public required RecordedVariant? Variant { get; init; }
}
