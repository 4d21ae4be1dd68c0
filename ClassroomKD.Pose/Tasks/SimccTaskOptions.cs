namespace ClassroomKD.Pose;

/// <summary>The settings of <see cref="SimccTask"/>. Beta sharpens the loss against the truth too.</summary>
public sealed class SimccTaskOptions : PoseTaskOptions;
