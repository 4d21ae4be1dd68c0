namespace ClassroomKD.Pose;

/// <summary>A number per joint, kept as a tensor where it was last needed, as the host would wait for a copy at every step.</summary>
internal sealed class JointConstants(IEnumerable<double> numbers) : IDisposable
{
    private readonly double[] values = [.. numbers];
    [NonSerialized]
    private Tensor? kept;

    public int Count => values.Length;

    /// <summary><c>[K]</c> of the type and on the device of another tensor. It stays this object's.</summary>
    public Tensor Like(Tensor other)
    {
        var (type, device, index) = (other.dtype, other.device_type, other.device_index);
        if (kept is not null && kept.dtype == type && kept.device_type == device && kept.device_index == index)
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
