using ClassroomKD.Pickling;

namespace ClassroomKD;

/// <summary>Finds the state dict within the content of a checkpoint's pickle.</summary>
internal sealed class Checkpoint
{
    private const int MaxDepth = 4;

    private static readonly string[] Wrappers =
    [
        "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "params", "weights",
        "ema", "model_ema", "ema_model", "state_dict_ema", "ema_state_dict", "params_ema",
    ];

    private readonly StateDictionary weights;

    private Checkpoint(StateDictionary weights) => this.weights = weights;

    /// <summary>Returns the tensors of the state dict. Other entries go into the metadata or are listed as left out.</summary>
    /// <param name="root">What the pickle holds.</param>
    /// <param name="entry">The names of dictionaries, separated by slashes; <c>null</c> to search by the usual names.</param>
    /// <param name="weights">Takes metadata and the names left out.</param>
    public static List<(string Name, PickledTensor Tensor)> Find(object? root, string? entry, StateDictionary weights)
    {
        var found = root as PickledDictionary ?? throw new InvalidDataException(
            $"expected a dictionary of tensors, found {Pickled.Describe(root)}{(IsForeign(root) ? $". {Pickled.Advice}" : "")}");
        var checkpoint = new Checkpoint(weights);
        foreach (var name in entry?.Split('/') ?? [])
            found = checkpoint.Into(found, name, Dictionaries(found).GetValueOrDefault(name)
                ?? throw new InvalidDataException($"there is no dictionary '{Pickled.Shown(name)}' of entry " +
                    $"'{Pickled.Shown(entry!)}'; there {Listed(Dictionaries(found))}"));
        for (var depth = 0; entry is null || !HoldsTensors(found); depth++)
        {
            var inner = Dictionaries(found);
            var wrappers = Wrappers.Where(inner.ContainsKey).ToArray();
            var filled = wrappers.Where(name => HoldsTensors(inner[name])).ToArray();
            if (filled.Length > 1)
                throw new InvalidDataException(
                    $"several entries hold tensors: {string.Join(", ", filled)}; name the one to take, as in entry: \"{filled[0]}\"");
            if (filled.Length == 0 && HoldsTensors(found))
                break;
            if (depth == MaxDepth || filled.Length == 0 && wrappers.Length != 1)
                throw new InvalidDataException(
                    $"no tensors are found; there {Listed(inner)}; name the one to take as entry{ReadPast(found)}");
            var chosen = filled.Length == 1 ? filled[0] : wrappers[0];
            found = checkpoint.Into(found, chosen, inner[chosen]);
        }
        return checkpoint.Tensors(found);
    }

    private PickledDictionary Into(PickledDictionary outer, string name, PickledDictionary inner)
    {
        foreach (var (key, value) in outer.Items)
            if (!Equals(key as string, name))
                Note(key, value);
        return inner;
    }

    private List<(string Name, PickledTensor Tensor)> Tensors(PickledDictionary dictionary)
    {
        var tensors = new List<(string, PickledTensor)>();
        foreach (var (key, value) in dictionary.Items)
        {
            if (value is not PickledTensor tensor)
                Note(key, value);
            else if (key is string { Length: > 0 } name)
                tensors.Add((name, tensor));
            else
                throw new InvalidDataException($"a tensor's name must be a text, found {Pickled.Describe(key)}");
        }
        return tensors;
    }

    private void Note(object? key, object? value)
    {
        var name = key as string ?? Pickled.Describe(key);
        if (Pickled.Text(value) is { } text)
            weights.Metadata[name] = text;
        else if (value is not null)
            weights.LeaveOut(new(name, Pickled.Describe(value)));
    }

    private static Dictionary<string, PickledDictionary> Dictionaries(PickledDictionary dictionary)
    {
        var found = new Dictionary<string, PickledDictionary>(StringComparer.Ordinal);
        foreach (var (key, value) in dictionary.Items)
            if (key is string name && value is PickledDictionary inner)
                found[name] = inner;
        return found;
    }

    private static bool IsForeign(object? value) => value is PickledForeign or PickleGlobal;

    // The tensors may be within what is read past, such as a whole module.
    private static string ReadPast(PickledDictionary dictionary)
    {
        var past = dictionary.Items.Where(item => IsForeign(item.Value)).Take(20)
            .Select(item => $"'{Pickled.Shown(item.Key as string ?? Pickled.Describe(item.Key))}' ({item.Value})").ToArray();
        return past.Length == 0 ? "" : $". Read past are {string.Join(", ", past)}. {Pickled.Advice}";
    }

    private static bool HoldsTensors(PickledDictionary dictionary) => dictionary.Items.Any(item => item.Value is PickledTensor);

    private static string Listed(Dictionary<string, PickledDictionary> dictionaries) =>
        dictionaries.Count == 0
            ? "are no dictionaries"
            : $"are the dictionaries {string.Join(", ", dictionaries.Keys.Take(20).Select(Pickled.Shown))}";
}
