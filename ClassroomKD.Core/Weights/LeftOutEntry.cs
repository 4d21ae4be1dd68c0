namespace ClassroomKD;

/// <summary>Something in a file that was not read.</summary>
/// <param name="Name">Its name in the file, such as <c>optimizer</c>.</param>
/// <param name="Content">
/// What it is, such as <c>a dictionary of 2</c>, <c>an object of argparse.Namespace</c> or <c>F8_E4M3 [64, 64]</c>.
/// </param>
public sealed record LeftOutEntry(string Name, string Content)
{
    /// <summary>Such as <c>args: an object of argparse.Namespace</c>.</summary>
    public override string ToString() => $"{Name}: {Content}";
}
