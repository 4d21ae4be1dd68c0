using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>The pictures of docs/architecture.md are drawn from the code: with the environment variable CLASSROOMKD_DRAW=1 the test
/// writes them, else it compares them.</summary>
public sealed partial class ArchitecturePageTests
{
    private const string Page = "docs/architecture.md";

    [Test]
    public void The_packages_are_as_drawn() => ShouldBeDrawn("packages", new(
        from package in Checkout.Packages
        from Match reference in Reference().Matches(Checkout.Read($"{package}/{package}.csproj"))
        select (package, reference.Groups[1].Value)));

    [TestCase("ClassroomKD.Core")]
    [TestCase("ClassroomKD.Imaging")]
    [TestCase("ClassroomKD.Vision")]
    [TestCase("ClassroomKD.Pose")]
    public void Folders_are_as_drawn(string project) => ShouldBeDrawn(project, new(
        from edge in FolderGraph.Of(project).Edges.Keys
        let @from = Part(project, edge.From)
        let to = Part(project, edge.To)
        where @from != to
        select (@from, to)));

    [Test]
    public void Edges_that_follow_from_others_are_left_out() =>
        Drawn([("A", "B"), ("B", "C"), ("A", "C"), ("A", "D"), ("D", "E"), ("E", "D")]).Should()
            .Be("flowchart TD\n  A --> B\n  A --> D\n  B --> C\n  D --> E\n  E --> D\n");

    private static void ShouldBeDrawn(string name, HashSet<(string From, string To)> edges)
    {
        var page = Checkout.Read(Page);
        var picture = Regex.Match(page, $"(?<=<!-- {Regex.Escape(name)} -->\n```mermaid\n).*?(?=```)", RegexOptions.Singleline);
        picture.Success.Should().BeTrue("{0} should have a picture after <!-- {1} -->", Page, name);
        var drawn = Drawn(edges);
        if (Environment.GetEnvironmentVariable("CLASSROOMKD_DRAW") == "1")
            File.WriteAllText(Path.Combine(Checkout.Root, Page), page.Remove(picture.Index, picture.Length).Insert(picture.Index, drawn));
        else
            picture.Value.Should().Be(drawn);
    }

    // Without the edges that a longer way makes superfluous.
    private static string Drawn(HashSet<(string From, string To)> edges)
    {
        bool Reaches(string from, string to, HashSet<string> seen) =>
            from == to || seen.Add(from) && edges.Any(edge => edge.From == from && Reaches(edge.To, to, seen));
        bool Follows((string From, string To) edge) =>
            edges.Any(other => other.From == edge.From && other.To != edge.To && Reaches(other.To, edge.To, [edge.From]));
        return "flowchart TD\n" + string.Concat(edges.Where(edge => !Follows(edge))
            .OrderBy(edge => edge.From, StringComparer.Ordinal).ThenBy(edge => edge.To, StringComparer.Ordinal)
            .Select(edge => $"  {edge.From} --> {edge.To}\n"));
    }

    // Folders within a folder count as one with it; files that lie in no folder are the project itself.
    private static string Part(string project, string folder) =>
        folder == project ? project["ClassroomKD.".Length..] : folder[(project.Length + 1)..].Split('/')[0];

    [GeneratedRegex(@"<ProjectReference Include=""\.\./(ClassroomKD\.\w+)/")]
    private static partial Regex Reference();
}
