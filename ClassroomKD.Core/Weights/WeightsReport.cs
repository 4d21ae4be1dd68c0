using System.Text;

namespace ClassroomKD;

/// <summary>What was loaded into a network, and what did not fit.</summary>
/// <param name="Loaded">The network's names that were set.</param>
/// <param name="Missing">What the file lacks, except for <c>num_batches_tracked</c>; the network keeps its values.</param>
/// <param name="Unexpected">What the network lacks, by the file's names.</param>
/// <param name="Mismatched">What differs in shape or kind of number; the network keeps its values.</param>
public sealed record WeightsReport(
    IReadOnlyList<string> Loaded,
    IReadOnlyList<WeightsEntry> Missing,
    IReadOnlyList<WeightsEntry> Unexpected,
    IReadOnlyList<WeightsMismatch> Mismatched)
{
    private const int Shown = 50;

    /// <summary>
    /// What the file holds and was not read, by the file's names (<see cref="StateDictionary.LeftOut"/>). What the network needs of it is
    /// in <see cref="Missing"/> too.
    /// </summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<LeftOutEntry> LeftOut { get; init; } = [];

    /// <summary>Whether everything fitted.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && Mismatched.Count == 0;

    /// <summary>The counts, and for what did not fit or was not read the first 50 names and shapes of each kind, a line each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Loaded.Count} loaded");
        Append(text, "missing from the file", Missing);
        Append(text, "unexpected in the file", Unexpected);
        Append(text, "of another shape or kind", Mismatched);
        Append(text, "in the file left out", LeftOut);
        return text.ToString();
    }

    private static void Append<T>(StringBuilder text, string what, IReadOnlyList<T> entries)
    {
        if (entries.Count == 0)
            return;
        text.Append('\n').Append(entries.Count).Append(' ').Append(what).Append(':');
        foreach (var entry in entries.Take(Shown))
            text.Append("\n  ").Append(entry);
        if (entries.Count > Shown)
            text.Append("\n  and ").Append(entries.Count - Shown).Append(" more");
    }
}
