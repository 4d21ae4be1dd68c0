namespace ClassroomKD.Pose;

/// <summary>A number per joint, kept as a tensor where it was last needed: a copy to the device at every step would make the host wait.</summary>
internal sealed class JointConstants(IEnumerable<double> numbers) : IDisposable
{
    private readonly double[] values = [.. numbers];
    private Tensor? kept;

    public int Count => values.Length;

    /// <summary><c>[K]</c> of the type and on the device of another tensor. It stays this object's.</summary>
    public Tensor Like(Tensor other)
    {
        if (kept is not null && kept.dtype == other.dtype && kept.device_type == other.device_type && kept.device_index == other.device_index)
            return kept;
        using var scope = NewDisposeScope();
        var made = tensor(values).to(other.dtype, other.device).DetachFromDisposeScope();
        kept?.Dispose();
        return kept = made;
    }

    public void Dispose()
    {
        kept?.Dispose();
        kept = null;
    }
}
