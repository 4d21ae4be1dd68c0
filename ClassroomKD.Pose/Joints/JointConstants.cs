using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>A number per joint, kept as a tensor where it was last needed: a copy to the device at every step would make the host wait.</summary>
internal sealed class JointConstants(IEnumerable<double> values) : IDisposable
{
    private readonly double[] _values = [.. values];
    private Tensor? _tensor;

    public int Count => _values.Length;

    /// <summary><c>[K]</c> of the type and on the device of another tensor. It stays this object's.</summary>
    public Tensor Like(Tensor other)
    {
        if (_tensor is { } kept && kept.dtype == other.dtype && kept.device_type == other.device_type && kept.device_index == other.device_index)
            return kept;
        using var scope = NewDisposeScope();
        var made = tensor(_values).to(other.dtype, other.device).DetachFromDisposeScope();
        _tensor?.Dispose();
        return _tensor = made;
    }

    public void Dispose()
    {
        _tensor?.Dispose();
        _tensor = null;
    }
}
