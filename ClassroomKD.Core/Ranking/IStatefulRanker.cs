namespace ClassroomKD;

/// <summary>A ranker that remembers something from batch to batch.</summary>
/// <remarks>Checkpoints hold what it remembers, so that a resumed training goes on exactly.</remarks>
public interface IStatefulRanker
{
    /// <summary>What it remembers; null: nothing yet. Whoever sets it keeps the tensor, and whoever reads it does not dispose it.</summary>
    Tensor? State { get; set; }
}
