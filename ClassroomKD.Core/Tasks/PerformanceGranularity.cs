namespace ClassroomKD;

/// <summary>What one figure of performance stands for (method, step 2).</summary>
public enum PerformanceGranularity
{
    /// <summary>Each sample has its own figure.</summary>
    Sample,

    /// <summary>One figure for the whole batch, the same for all its samples.</summary>
    Batch,
}
