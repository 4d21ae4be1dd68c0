namespace ClassroomKD.Tests.Fuzzing;

/// <summary>A whole file, taken apart so that the damage reaches what lies within: one part is damaged, and the file made anew.</summary>
/// <param name="Parts">What is damaged, such as the pickle in an archive.</param>
/// <param name="Build">Makes the file, with the lengths and checksums that fit.</param>
internal sealed record Sample(byte[][] Parts, Func<byte[][], byte[]> Build)
{
    public static Sample Of(byte[] file) => new([file], parts => parts[0]);

    public static implicit operator Sample(byte[] file) => Of(file);
}

/// <summary>Something that reads a file of whoever made it.</summary>
/// <param name="Name">What is read, by whom.</param>
/// <param name="File">The file's name, in a folder of its own.</param>
/// <param name="Samples">Whole files, which are read; what else the folder must hold is put there.</param>
/// <param name="Read">Reads the file; disposes what it gets.</param>
/// <param name="Refusals">The exceptions that it documents for damaged files. None: whatever the file holds is read.</param>
internal sealed record Reader(
    string Name, string File, Func<string, IEnumerable<Sample>> Samples, Action<string> Read, params Type[] Refusals)
{
    /// <summary>The types whose code opens or parses the file.</summary>
    public Type[] Types { get; init; } = [];

    /// <summary>Whether no file of this kind is read, so that whole ones are refused too.</summary>
    public bool RefusesAll { get; init; }

    /// <summary>What a message may name in place of the file, such as the mentor whose answers it holds.</summary>
    public string[] Subjects { get; init; } = [];

    /// <summary>Whether it makes networks, whose parameters the collector counts late.</summary>
    public bool MakesNetworks { get; init; }

    /// <summary>What only this format knows: see <see cref="Mutations"/>.</summary>
    public byte[][] Words { get; init; } = [];

    public override string ToString() => Name;
}
