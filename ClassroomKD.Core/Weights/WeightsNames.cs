using ClassroomKD.Networks;

namespace ClassroomKD;

/// <summary>The network's name for each name of a file.</summary>
internal sealed class WeightsNames
{
    private const int MostParts = 10;
    private const int MostAlike = 20;

    private readonly Dictionary<string, Tensor> targets;
    private readonly WeightsLoadingOptions options;
    private readonly IReadOnlyDictionary<string, string>? synonyms;
    private readonly KeyValuePair<string, string>[] renames;

    public WeightsNames(nn.Module network, Dictionary<string, Tensor> targets, WeightsLoadingOptions options)
    {
        if (options.Prefixes.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"{nameof(WeightsLoadingOptions.Prefixes)} must not hold an empty one.");
        (this.targets, this.options) = (targets, options);
        synonyms = (network as NetworkModule)?.NameSynonyms;
        renames = [.. options.Renames.OrderByDescending(rename => rename.Key.Length)];
    }

    /// <summary>The network's name; <c>null</c> where it has none.</summary>
    public string? Find(string name)
    {
        var renamed = false;
        for (var rest = name; rest is not null; rest = WithoutPrefix(rest))
        {
            var beginning = rest;
            if (!renamed && Array.Find(renames, rename => StartsWith(beginning, rename.Key)) is { Key: not null } found)
                (rest, renamed) = (found.Value + rest[found.Key.Length..], true);
            if (targets.ContainsKey(rest))
                return rest;
            if (synonyms is not null && Synonym(rest) is var synonym && targets.ContainsKey(synonym))
                return synonym;
        }
        return null;
    }

    /// <summary>Whether a tensor of a file has the shape and kind of number of the network's.</summary>
    public static bool Fits(Tensor target, Tensor source) =>
        Kind(target.dtype) == Kind(source.dtype) && target.shape.AsSpan().SequenceEqual(source.shape);

    /// <summary>How many tensors of a file fit, and the rule that would make most others fit.</summary>
    public string Advice(StateDictionary weights)
    {
        var found = weights.ToDictionary(entry => entry.Key, entry => Find(entry.Key));
        var fitting = weights.Where(entry => found[entry.Key] is { } target && Fits(targets[target], entry.Value)).ToArray();
        var stripped = fitting.Select(entry => entry.Key).Where(name => !targets.ContainsKey(name))
            .Select(name => options.Prefixes.FirstOrDefault(prefix => StartsWith(name, prefix))).OfType<string>().Distinct()
            .Select(prefix => $"'{prefix}'").ToArray();
        var advice = $"{fitting.Length} of the file's {weights.Count} tensors fit" +
            (stripped.Length > 0 ? " without " + string.Join(" and ", stripped) : "");
        if (Rule(weights.Where(entry => found[entry.Key] is null).ToArray(), found.Values.OfType<string>()) is not { } rule)
            return advice;
        var (count, from, to) = rule;
        return to.Length == 0
            ? $"{advice}, {count} more would without '{from}' ({nameof(WeightsLoadingOptions.Prefixes)} = {{ \"{from}\" }})"
            : $"{advice}, {count} more would with '{to}' in place of '{from}' " +
                $"({nameof(WeightsLoadingOptions.Renames)} = {{ [\"{from}\"] = \"{to}\" }})";
    }

    // Names that end alike, with the same shape, may mean the same: what stands before is counted over all of them.
    private (int Count, string From, string To)? Rule(KeyValuePair<string, Tensor>[] others, IEnumerable<string> taken)
    {
        var known = taken.ToHashSet();
        var missing = targets.Where(target => !known.Contains(target.Key)).SelectMany(Endings)
            .ToLookup(target => (target.Ending, target.Form), target => target.Head);
        var counts = new Dictionary<(string From, string To), int>();
        foreach (var (from, ending, form) in others.SelectMany(Endings))
            if (missing[(ending, form)].Take(MostAlike + 1).ToArray() is { Length: <= MostAlike } alike)
                foreach (var to in alike)
                    counts[(from, to)] = counts.GetValueOrDefault((from, to)) + 1;
        return counts.Count == 0 ? null : counts.OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key.From.Length + pair.Key.To.Length).ThenBy(pair => pair.Key.From, StringComparer.Ordinal)
            .Select(pair => ((int, string, string)?)(pair.Value, pair.Key.From, pair.Key.To)).First();
    }

    private static IEnumerable<(string Head, string Ending, string Form)> Endings(KeyValuePair<string, Tensor> entry)
    {
        var form = $"{Kind(entry.Value.dtype)} {string.Join('x', entry.Value.shape)}";
        return Heads(entry.Key).Select(head => (head, entry.Key[head.Length..], form));
    }

    // The beginnings up to a dot, the empty one first.
    private static IEnumerable<string> Heads(string name)
    {
        var end = 0;
        for (var parts = 0; parts == 0 || end > 0 && parts < MostParts; parts++)
        {
            yield return name[..end];
            end = name.IndexOf('.', end) + 1;
        }
    }

    private string? WithoutPrefix(string name) =>
        options.Prefixes.FirstOrDefault(prefix => StartsWith(name, prefix)) is { } prefix ? name[prefix.Length..] : null;

    private string Synonym(string name) => string.Join('.', name.Split('.').Select(part => synonyms!.GetValueOrDefault(part, part)));

    private static bool StartsWith(string name, string beginning) => name.StartsWith(beginning, StringComparison.Ordinal);

    private static int Kind(ScalarType type) => type switch
    {
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64 => 0,
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => 1,
        _ => 2 + (int)type,
    };
}
