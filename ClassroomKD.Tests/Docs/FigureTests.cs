using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>What documents say of the study is what the pages of results, which are made from the trainings, say.</summary>
public sealed partial class FigureTests
{
    [TestCase("README.md")]
    [TestCase("docs/concepts.md")]
    public void Figures_with_their_noise_are_in_the_pages_of_results(string document)
    {
        var known = Checkout.Files("docs", ".md").Where(path => path.StartsWith("docs/results", StringComparison.Ordinal))
            .SelectMany(Figures).ToHashSet();
        var stated = Figures(document).ToList();
        stated.Should().NotBeEmpty();
        stated.Where(figure => !known.Contains(figure)).ShouldBeNone();
    }

    // Whether a difference is gained or lost is left to the words around it.
    private static IEnumerable<string> Figures(string document) => Figure().Matches(Checkout.Read(document)).Select(match => match.Value);

    [GeneratedRegex(@"\d+\.\d ± \d+\.\d")]
    private static partial Regex Figure();
}
