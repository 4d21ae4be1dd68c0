using ClassroomKD.Analyzers;
using ClassroomKD.Tests.Conventions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClassroomKD.Tests.Analyzers;

public sealed class RulesTests
{
    private static readonly DiagnosticDescriptor[] Rules =
    [
        .. typeof(ScalarAnalyzer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics),
    ];

    [Test]
    public void Each_has_its_section_in_the_docs()
    {
        Rules.Should().HaveCount(7);
        var page = Checkout.Read("docs/analyzers.md");
        Rules.SelectMany(rule => new[] { $"\n## {rule.Id}\n", $"\n| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {Severity(rule)} |" })
            .Where(text => !page.Contains(text, StringComparison.Ordinal)).ShouldBeNone();
    }

    private static string Severity(DiagnosticDescriptor rule) =>
        rule.DefaultSeverity == DiagnosticSeverity.Info ? "suggestion" : rule.DefaultSeverity.ToString().ToLowerInvariant();
}
