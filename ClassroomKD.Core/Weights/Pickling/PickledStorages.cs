namespace ClassroomKD.Pickling;

/// <summary>The storages that persistent ids name: <c>('storage', torch.FloatStorage, key, device, number of elements)</c>.</summary>
/// <param name="most">The number of bytes that the whole file can hold.</param>
internal sealed class PickledStorages(long most)
{
    private readonly Dictionary<string, PickledStorage> storages = new(StringComparer.Ordinal);

    public PickledStorage? Find(string key) => storages.GetValueOrDefault(key);

    /// <summary>The one storage of a persistent id; for a class, whose source old files of whole modules store, the class.</summary>
    /// <exception cref="InvalidDataException">The id is malformed, too large for the file, or contradicts an earlier one.</exception>
    public object Resolve(object? id)
    {
        if (id is object?[] { Length: 4 } and ["module", PickleGlobal { IsForeign: true } module, ..])
            return module;
        // The legacy layout has a sixth: views of storages, which only PyTorch before 0.4 wrote.
        if (id is not object?[] { Length: 5 or 6 } fields
            || fields is not ["storage", PickleGlobal { Interpret: null } type, string key, string, long count, ..]
            || fields.Length == 6 && fields[5] is not null)
            throw new InvalidDataException($"expected the persistent id ('storage', type, key, device, count), found {Describe(id)}");
        var element = type.Element ?? new PickledElement(type.Name, null, 0);
        if (count < 0 || count > most / Math.Max(element.Width, 1))
            throw new InvalidDataException(
                $"storage '{Pickled.Shown(key)}' claims {count} elements of {element}; the file can hold {most} bytes");
        if (!storages.TryGetValue(key, out var storage))
            storages.Add(key, storage = new PickledStorage(key, element, count));
        return storage.Element == element && storage.Count == count
            ? storage
            : throw new InvalidDataException($"storage '{Pickled.Shown(key)}' is {storage.Count} of {storage.Element} in one place, " +
                $"{count} of {element} in another");
    }

    private static string Describe(object? id) =>
        id is object?[] { Length: <= 6 } fields ? $"({string.Join(", ", fields.Select(Pickled.Describe))})" : Pickled.Describe(id);
}
