using static TorchSharp.torch;

namespace ClassroomKD.Pickling;

/// <summary>Elements in the file that one or more tensors look at.</summary>
internal sealed class PickledStorage(string key, ScalarType type, long count)
{
    public string Key => key;

    public ScalarType Type => type;

    public long Count => count;

    public long Length => count * TensorBytes.Width(type);
}
