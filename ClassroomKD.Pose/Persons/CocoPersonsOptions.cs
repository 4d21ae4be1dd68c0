namespace ClassroomKD.Pose;

/// <summary>What persons of a COCO file become samples, and how.</summary>
public sealed record CocoPersonsOptions
{
    /// <summary>The number of the category to learn.</summary>
    /// <value>Default null: see <see cref="CocoKeypoints.Category"/>.</value>
    public long? Category { get; init; }

    /// <summary>The layout of the joints, for sides and spreads that their names do not tell.</summary>
    /// <value>Default null: see <see cref="CocoKeypoints.JointsOf"/>.</value>
    public JointLayout? Joints { get; init; }

    /// <summary>
    /// Whether areas are taken from boxes, for files without areas or with wrong ones: <see cref="KeypointBox.PersonArea"/>.
    /// </summary>
    /// <value>Default false: as the file states them.</value>
    public bool AreaFromBox { get; init; }

    /// <summary>Whether the EXIF orientation of photographs is followed, for annotations that were made on images shown upright.</summary>
    /// <value>Default false: pixels as stored, to which COCO's annotations refer.</value>
    public bool ApplyOrientation { get; init; }

    /// <summary>
    /// The boxes in which a detector found persons, as <see cref="CocoDetections.LoadBoxes"/> reads them: each of the category is a sample,
    /// and annotations serve the evaluation alone. AP in papers is of such boxes; on annotated ones it is about 2 points higher.
    /// </summary>
    /// <value>Default null: annotated boxes.</value>
    public IReadOnlyList<CocoPersonBox>? Detections { get; init; }

    /// <summary>Detections of a lower score are left out and counted.</summary>
    /// <value>Default 0, as in HRNet.</value>
    public double LeastScore { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal CocoPersonsOptions Checked() =>
        double.IsNaN(LeastScore) ? throw new ArgumentOutOfRangeException(nameof(LeastScore), LeastScore, "Expected a number.") : this;
}
