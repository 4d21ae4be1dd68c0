using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>Every equation of docs/concepts.md names the file that computes it, and the members in it. That the file is there,
/// <see cref="LinkTests"/> say.</summary>
public sealed partial class EquationTests
{
    private static IEnumerable<string> Rows => Tables().Matches(Checkout.Read("docs/concepts.md"))
        .SelectMany(table => table.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [TestCaseSource(nameof(Rows))]
    public void An_equation_names_what_computes_it(string row)
    {
        var files = Source().Matches(row.Split('|', StringSplitOptions.RemoveEmptyEntries)[^1]);
        files.Should().NotBeEmpty();
        foreach (Match file in files)
        {
            var code = Checkout.Read(file.Groups[1].Value);
            foreach (var member in file.Groups[2].Captures.Select(capture => capture.Value))
                code.Should().MatchRegex($@"\b{member}\(", "{0} should have {1}", file.Groups[1].Value, member);
        }
    }

    [Test]
    public void All_rankers_paces_and_losses_have_their_equation()
    {
        var rows = string.Join('\n', Rows);
        Checkout.Files("ClassroomKD.Core/Ranking", "Ranker.cs").Concat(Checkout.Files("ClassroomKD.Core/Pacing", "Pace.cs"))
            .Concat(Checkout.Files("ClassroomKD.Vision/Losses", "Loss.cs"))
            .Where(path => !Path.GetFileName(path).StartsWith("IM", StringComparison.Ordinal) && !rows.Contains(path)).ShouldBeNone();
    }

    [GeneratedRegex(@"^\| [^\n]*equation[^\n]* \| file \|\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Tables();

    [GeneratedRegex(@"\[\w+\.cs\]\(\.\./([\w./]+\.cs)\)(?:, `(\w+)`)*")]
    private static partial Regex Source();
}
