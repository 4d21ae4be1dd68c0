using System.Text.RegularExpressions;
using ClassroomKD.Tests.Conventions;

namespace ClassroomKD.Tests.Docs;

/// <summary>The types and members that documents name are in the sources under these names.</summary>
public sealed partial class NameTests
{
    // Of other libraries and tools, and of the reader's own.
    private static readonly HashSet<string> Others =
    [
        "AddMeter", "AddSource", "ApiCompatGenerateSuppressionFile", "EnsembleSource", "ForwardHookManager", "FullyQualifiedName",
        "HistoryBuffer",
        "MyOptionsValidator", "PackageValidationBaselineVersion", "PublicAPI", "RepositoryUrl", "SharpZipLib", "ShuffleV1", "ShuffleV2",
        "TestCategory", "WarningsNotAsErrors", "WeightedSumLoss",
    ];

    private static readonly Lazy<HashSet<string>> Identifiers = new(() =>
        [.. Checkout.Files(".", ".cs").Where(path => !path.EndsWith("/NameTests.cs", StringComparison.Ordinal))
            .SelectMany(path => Word().Matches(Checkout.Read(path)).Select(match => match.Value))]);

    // The changelog also names what is gone.
    private static IEnumerable<string> Documents => Checkout.Files(".", ".md").Where(path => path != "CHANGELOG.md");

    [TestCaseSource(nameof(Documents))]
    public void Names_are_those_of_the_sources(string document)
    {
        var text = Fence().Replace(Checkout.Read(document), "");
        var unknown =
            from Match span in Span().Matches(text)
            from Match name in Name().Matches(span.Groups[1].Value)
            where !Others.Contains(name.Value) && !IsKnown(name.Value, isFilter: span.Value.Contains('*'))
            select $"{document}: {name.Value}";
        unknown.ShouldBeNone();
    }

    // A filter of tests or benchmarks names the beginning.
    private static bool IsKnown(string name, bool isFilter) => Identifiers.Value.Contains(name)
        || isFilter && Identifiers.Value.Any(identifier => identifier.StartsWith(name, StringComparison.Ordinal));

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\b(?:I[A-Z]|[A-Z])[a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();
}
