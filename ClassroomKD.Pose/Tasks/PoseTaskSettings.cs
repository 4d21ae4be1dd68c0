using ClassroomKD.Kernels;

namespace ClassroomKD.Pose;

/// <summary>The options of a <see cref="PoseTask"/> in the form that a step needs.</summary>
internal sealed class PoseTaskSettings(PoseTaskOptions options) : IDisposable
{
    public OksPerformance Oks { get; } = new(options.Sigmas);

    public JointConstants? JointWeights { get; } = options.JointWeights is { } weights ? new(weights) : null;

    public bool Soft { get; } = options.SoftPerformance;

    public Scalar? CorrectFrom { get; } = options.CorrectFrom is { } least ? Scalars.Of(least) : null;

    public Scalar Factor { get; } = Scalars.Of(options.DistillationFactor);

    public KernelImplementation Kernel { get; } = options.Kernel;

    public void Dispose()
    {
        Oks.Dispose();
        JointWeights?.Dispose();
    }
}
