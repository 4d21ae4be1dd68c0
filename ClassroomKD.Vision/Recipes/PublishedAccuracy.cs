namespace ClassroomKD.Vision;

/// <summary>Top-1 accuracies in percent that others have published, not results of this library.</summary>
/// <param name="Teacher">The first mentor's.</param>
/// <param name="Student">The student's when trained alone; null if unknown.</param>
/// <param name="Distilled">The student's with the first mentor and classical distillation (Hinton et al., 2015); null if unknown.</param>
public sealed record PublishedAccuracy(double Teacher, double? Student, double? Distilled);
