namespace ClassroomKD.Distributed;

/// <summary>How an all-reduce makes one number of those of all processes.</summary>
public enum ReduceOperation
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest.</summary>
    Max,
}
