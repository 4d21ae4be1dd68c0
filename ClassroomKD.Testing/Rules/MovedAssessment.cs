using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace ClassroomKD.Testing;

/// <summary>An assessment on another device. The task that made it need not compute there.</summary>
internal sealed class MovedAssessment : Assessment
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Assessment source;
    private readonly Device device;

    [SetsRequiredMembers]
    private MovedAssessment(Assessment source, Device device)
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

    public override Tensor? Agreements() => source.Agreements()?.to(device);

    /// <summary>An assessment with its tensors on another device; one of a class of its own stays of this class.</summary>
    public static Assessment Move(Assessment source, Device device)
    {
        if (source.GetType().Assembly == typeof(Assessment).Assembly)
            return new MovedAssessment(source, device);
        var moved = source.With(source.Performances);
        for (var type = moved.GetType(); type != typeof(object); type = type.BaseType!)
            foreach (var field in type.GetFields(Own))
                field.SetValue(moved, field.GetValue(moved) switch
                {
                    Tensor tensor => tensor.to(device),
                    IReadOnlyList<Tensor> tensors => tensors.Select(tensor => tensor.to(device)).ToArray(),
                    Assessment inner => Move(inner, device),
                    var other => other,
                });
        return moved;
    }
}
