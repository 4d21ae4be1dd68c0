namespace ClassroomKD.Pickling;

/// <summary>
/// A dictionary as a pickle fills it: pairs in order, with keys of any type, repeated or not. It is no hash table, because hostile keys
/// could make that slow.
/// </summary>
internal sealed class PickledDictionary
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];
}
