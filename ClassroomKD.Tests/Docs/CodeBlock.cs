using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>What stands between fences in a document.</summary>
public sealed record CodeBlock(string Document, int Line, string Text)
{
    public override string ToString() => $"{Document}:{Line}";

    /// <summary>The blocks of a language in all documents for users.</summary>
    public static IEnumerable<CodeBlock> All(string language)
    {
        foreach (var path in Checkout.Files(".", ".md"))
        {
            var lines = Checkout.Read(path).Split('\n');
            for (var i = 0; i < lines.Length; i++)
                if (lines[i].StartsWith("```", StringComparison.Ordinal))
                {
                    var end = Array.FindIndex(lines, i + 1, line => line.StartsWith("```", StringComparison.Ordinal));
                    if (lines[i].TrimEnd() == "```" + language)
                        yield return new CodeBlock(path, i + 2, string.Join('\n', lines[(i + 1)..end]));
                    i = end;
                }
        }
    }
}
