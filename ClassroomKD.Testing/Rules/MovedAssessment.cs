using System.Diagnostics.CodeAnalysis;

namespace ClassroomKD.Testing;

/// <summary>An assessment on another device. The task that made it need not compute there.</summary>
internal sealed class MovedAssessment : Assessment
{
    private readonly Assessment source;
    private readonly Device device;

    [SetsRequiredMembers]
    public MovedAssessment(Assessment source, Device device)
    {
        (this.source, this.device) = (source, device);
        Performances = source.Performances.to(device);
        Correct = source.Correct?.to(device);
        Eligible = source.Eligible?.to(device);
        Finite = source.Finite?.to(device);
        Counted = source.Counted?.to(device);
    }

    public override Tensor CrossEntropies() => source.CrossEntropies().to(device);

    public override Tensor Entropies() => source.Entropies().to(device);

    public override Tensor Divergences() => source.Divergences().to(device);

    public override Tensor LargestLogits() => source.LargestLogits().to(device);
}
