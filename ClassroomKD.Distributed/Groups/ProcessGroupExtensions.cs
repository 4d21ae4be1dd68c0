using System.Text;

namespace ClassroomKD.Distributed;

/// <summary>Collectives made of those of an <see cref="IProcessGroup"/>.</summary>
public static class ProcessGroupExtensions
{
    private const int Named = 8;

    /// <summary>Replaces each element by its sum or maximum over all processes, and waits for it.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="tensor">Replaced in place.</param>
    /// <param name="operation">Default: the sum.</param>
    /// <exception cref="ArgumentException">The tensor's type cannot be reduced.</exception>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public static void AllReduce(this IProcessGroup group, Tensor tensor, ReduceOperation operation = ReduceOperation.Sum)
    {
        ArgumentNullException.ThrowIfNull(group);
        group.BeginAllReduce(tensor, operation).Wait();
    }

    /// <summary>Gives all processes the text of one.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="text">Read on the root alone.</param>
    /// <param name="root">Whose text it is. Default 0.</param>
    /// <returns>The root's text.</returns>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public static string BroadcastText(this IProcessGroup group, string text, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(text);
        using var scope = NewDisposeScope();
        var bytes = group.Rank == root ? Encoding.UTF8.GetBytes(text) : [];
        var length = tensor([(long)bytes.Length]);
        group.Broadcast(length, root);
        var content = group.Rank == root ? tensor(bytes) : zeros(HostNumbers.Of(length)[0], ScalarType.Byte);
        group.Broadcast(content, root);
        return Encoding.UTF8.GetString(content.bytes);
    }

    /// <summary>Gives all processes the texts of all.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="text">This process's.</param>
    /// <returns>One text for each rank.</returns>
    /// <exception cref="DistributedException">The communication failed.</exception>
    public static IReadOnlyList<string> GatherTexts(this IProcessGroup group, string text)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(text);
        using var scope = NewDisposeScope();
        var bytes = Encoding.UTF8.GetBytes(text);
        var own = new long[group.Size];
        own[group.Rank] = bytes.Length;
        var exchanged = tensor(own);
        group.AllReduce(exchanged);
        var lengths = HostNumbers.Of(exchanged);
        var longest = lengths.Max();
        var mine = zeros(longest, ScalarType.Byte);
        bytes.CopyTo(mine.bytes);
        var all = group.Gather(mine) ?? empty([group.Size, longest], ScalarType.Byte);
        group.Broadcast(all);
        var content = all.bytes.ToArray();
        return [.. Enumerable.Range(0, group.Size).Select(rank =>
            Encoding.UTF8.GetString(content, (int)(rank * longest), (int)lengths[rank]))];
    }

    /// <summary>Refuses to go on where the processes differ.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="what">What is compared, as the message calls it, such as "training".</param>
    /// <param name="entries">Names and texts that must be the same on every rank.</param>
    /// <exception cref="DistributedException">On every rank: some differ; the message names entries, ranks and texts.</exception>
    public static void RequireSame(this IProcessGroup group, string what, IReadOnlyDictionary<string, string> entries)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(entries);
        var expected = Read(group.BroadcastText(Written(entries)));
        var here = from name in expected.Keys.Union(entries.Keys).Order(StringComparer.Ordinal)
                   let own = entries.GetValueOrDefault(name)
                   where own != expected.GetValueOrDefault(name)
                   select $"{name} is {own ?? "absent"} on rank {group.Rank} and {expected.GetValueOrDefault(name) ?? "absent"} on rank 0";
        var all = group.GatherTexts(string.Join("; ", here.Take(Named))).Where(text => text.Length > 0).ToList();
        if (all.Count > 0)
            throw new DistributedException($"The processes do not have the same {what}: {string.Join("; ", all.Take(Named))}.");
    }

    private static string Written(IReadOnlyDictionary<string, string> entries) => System.Text.Json.JsonSerializer.Serialize(entries);

    private static Dictionary<string, string> Read(string text) =>
        System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(text)!;
}
