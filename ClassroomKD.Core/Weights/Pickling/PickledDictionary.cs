namespace ClassroomKD.Pickling;

/// <summary>
/// A dictionary as a pickle fills it: pairs in order, keys of any kind, doubles and all. No hash table, for hostile keys would make one slow.
/// </summary>
internal sealed class PickledDictionary
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];
}
