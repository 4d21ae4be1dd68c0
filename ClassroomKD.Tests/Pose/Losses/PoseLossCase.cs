using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Losses;

/// <summary>Losses called with tensors side by side.</summary>
internal static class PoseLossCase
{
    public static Tensor PerSample<TMaps>(this IPoseLoss<TMaps> loss, TMaps student, TMaps target, Tensor weights) =>
        loss.PerSample(new() { Student = student, Target = target, Weights = weights });

    public static Tensor PerSample<TMaps>(
        this IPoseDistillationLoss<TMaps> loss, TMaps student, TMaps mentor, Tensor weights, Tensor temperatures) => loss.PerSample(new()
        {
            Student = student, Mentor = mentor, Target = mentor, Weights = weights, Temperatures = temperatures,
            StudentTemperatures = temperatures,
        });
}
