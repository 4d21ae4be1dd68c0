namespace ClassroomKD.Pickling;

/// <summary>Elements of the file that one or more tensors view.</summary>
internal sealed class PickledStorage(string key, ScalarType type, long count)
{
    public string Key => key;

    public ScalarType Type => type;

    public long Count => count;

    public long Length => count * TensorBytes.Width(type);
}
