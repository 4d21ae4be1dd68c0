namespace ClassroomKD.Pickling;

/// <summary>Elements of the file that one or more tensors view.</summary>
internal sealed class PickledStorage(string key, PickledElement element, long count)
{
    public string Key => key;

    public PickledElement Element => element;

    public long Count => count;

    public long Length => count * element.Width;
}

/// <summary>The type of a storage's elements.</summary>
/// <param name="Name">The class of the storage, as Python has it.</param>
/// <param name="Type">The type here; <c>null</c> for one that is read past, such as complex or quantized numbers.</param>
/// <param name="Width">The bytes of an element; 0 for a class that is not known.</param>
internal sealed record PickledElement(string Name, ScalarType? Type, int Width)
{
    public override string ToString() => Type is { } type ? $"{type}" : Pickled.Shown(Name);
}
