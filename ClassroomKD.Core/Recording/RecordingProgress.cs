namespace ClassroomKD;

/// <summary>Where a recording stands; sent to <see cref="IProgress{T}"/> after each batch and file.</summary>
/// <param name="Batches">How many batches of this process's share are recorded, those found on the disk included.</param>
/// <param name="AllBatches">How many its share is.</param>
/// <param name="Notice">What whoever records should know, such as a damaged file that is made anew. Null: nothing.</param>
public readonly record struct RecordingProgress(long Batches, long AllBatches, string? Notice = null);
