using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Persons, and answers of every kind that put their joints at given places.</summary>
internal static class PoseCase
{
    public static readonly HeatmapGeometry Coarse = new(192, 256, 48, 64);
    public static readonly HeatmapGeometry Fine = new(192, 256, 72, 96);
    public static readonly HeatmapCodec Dark = new(HeatmapEncoding.Dark);
    public static readonly HeatmapCodec FineDark = new(HeatmapEncoding.Dark, 3);

    public static Tensor Joints(int batch, int joints = 17, ScalarType type = ScalarType.Float32) =>
        rand(batch, joints, 2, dtype: type).mul(Scalars.Of(130)).add(Scalars.Of(30), Scalars.One);

    public static Tensor Shifted(Tensor joints, double pixels) => joints.add(Scalars.Of(pixels), Scalars.One);

    public static PoseTarget Target(Tensor joints, Tensor? visibility = null) =>
        new(joints, visibility ?? ones_like(joints.select(2, 0)), full(joints.size(0), 18_000, joints.dtype));

    public static HeatmapPose Heatmaps(Tensor joints, HeatmapGeometry geometry, HeatmapCodec codec, JointMap? map = null) =>
        new(codec.Encode(joints, ones_like(joints.select(2, 0)), geometry).Heatmaps, geometry, codec, map);

    public static SimccPose Simcc(Tensor joints, SimccCodec? codec = null, JointMap? map = null) =>
        new((codec ?? new SimccCodec()).Encode(joints, ones_like(joints.select(2, 0))).Labels, codec, map);

    public static IDistillationStep Begin(this PoseTask task, PoseAnswer student, PoseTarget target, params PoseAnswer[] mentors) =>
        task.Begin(new()
        {
            Student = student, Mentors = mentors, Targets = target, MentorNames = [.. mentors.Select((_, m) => $"mentor {m}")],
        });

    public static Tensor TaskLoss(this PoseTask task, PoseAnswer student, PoseTarget target) => task.Begin(student, target).TaskLoss();

    public static PoseAssessment Assess(
        this PoseTask task, PoseAnswer student, PoseTarget target, PerformanceGranularity granularity, params PoseAnswer[] mentors) =>
        (PoseAssessment)task.Begin(new() { Student = student, Mentors = mentors, Targets = target, Granularity = granularity }).Assess();

    public static PoseAssessment Assess(this PoseTask task, PoseAnswer student, PoseTarget target, params PoseAnswer[] mentors) =>
        (PoseAssessment)task.Begin(student, target, mentors).Assess();

    /// <summary>All mentors teach with weight 1 at one temperature.</summary>
    public static DistillationLoss Distill(
        this PoseTask task, PoseAnswer student, PoseTarget target, double temperature, params PoseAnswer[] mentors) =>
        task.Begin(student, target, mentors).Distill(new()
        {
            Weights = ones(mentors.Length, target.Joints.size(0), target.Joints.dtype),
            Temperatures = full(mentors.Length, target.Joints.size(0), temperature, target.Joints.dtype),
        });
}
