using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>Every relative link of a document leads to a file that is there, and to a heading that is in it.</summary>
public sealed partial class LinkTests
{
    private static IEnumerable<string> Documents => Checkout.Files(".", ".md");

    [TestCaseSource(nameof(Documents))]
    public void Relative_links_lead_somewhere(string document)
    {
        var text = WithoutCode(Checkout.Read(document));
        Link().Matches(text).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://"))
            .Select(link => Fault(document, link)).OfType<string>().ShouldBeNone();
    }

    [Test]
    public void The_index_lists_every_page()
    {
        var index = Checkout.Read("docs/README.md");
        Checkout.Files("docs", ".md").Select(page => page["docs/".Length..])
            .Where(page => page != "README.md" && !index.Contains($"]({page})")).ShouldBeNone();
    }

    [TestCase("What is verified, and what is not", "what-is-verified-and-what-is-not")]
    [TestCase("`x * 2f`, and a_b", "x--2f-and-a_b")]
    [TestCase("Über [links](a.md)", "über-links")]
    public void A_heading_has_the_anchor_that_hosts_give_it(string heading, string anchor) => Anchor(heading).Should().Be(anchor);

    private static string? Fault(string document, string link)
    {
        var parts = link.Split('#', 2);
        var folder = Path.GetDirectoryName(Path.Combine(Checkout.Root, document))!;
        var path = parts[0] == "" ? Path.Combine(Checkout.Root, document) : Path.GetFullPath(Path.Combine(folder, parts[0]));
        if (!File.Exists(path) && !Directory.Exists(path))
            return $"{document}: {link} leads to no file";
        return parts.Length == 1 || Anchors(File.ReadAllText(path)).Contains(parts[1]) ? null : $"{document}: {link} leads to no heading";
    }

    private static HashSet<string> Anchors(string text)
    {
        var anchors = new HashSet<string>();
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            var anchor = Anchor(heading.Groups[1].Value);
            for (var number = 0; !anchors.Add(number == 0 ? anchor : $"{anchor}-{number}"); number++)
            {
            }
        }

        return anchors;
    }

    private static string Anchor(string heading) =>
        Dropped().Replace(Target().Replace(heading.Trim().ToLowerInvariant(), "]"), "").Replace(' ', '-');

    private static string WithoutCode(string text) => Code().Replace(Fence().Replace(text, ""), "");

    [GeneratedRegex(@"(?:\]\(|\bsrc="")([^)""\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex Target();

    [GeneratedRegex(@"[^\p{L}\p{N}\s_-]")]
    private static partial Regex Dropped();
}
