namespace ClassroomKD;

/// <summary>What a mentor's rank and weight are made from.</summary>
public enum RankWeighting
{
    /// <summary>The share of all performance, times the number of mentors.</summary>
    Share,

    /// <summary>A tenth of the position, the worst being first (ablation: the authors' first version). Equals share a position.</summary>
    Position,

    /// <summary>Ranks as <see cref="Share"/>; a mentor's weight is how far its rank is above the student's. Of mentors far ahead and just
    /// ahead the former teach most, and nobody's weight jumps to 0 when the student passes it.</summary>
    Lead,
}
