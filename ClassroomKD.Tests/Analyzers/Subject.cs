using System.Collections.Immutable;
using ClassroomKD.Tests.Conventions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ClassroomKD.Tests.Analyzers;

/// <summary>A user's source, in which <c>[|...|]</c> marks what a rule must report.</summary>
internal sealed class Subject
{
    private static readonly string[] Usings =
        ["ClassroomKD", "TorchSharp", "static TorchSharp.torch", "Microsoft.Extensions.DependencyInjection"];

    private readonly string marked, text;
    private readonly Document document;

    public Subject(string marked)
    {
        this.marked = marked;
        text = marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var tree = Compilations.Tree(text, "Subject.cs");
        var kind = tree.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement))
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var compilation = Compilations.Of("Subject", [tree], kind, Usings);
        var project = new AdhocWorkspace().AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Subject", "Subject", LanguageNames.CSharp,
            compilationOptions: compilation.Options, parseOptions: tree.Options, metadataReferences: compilation.References));
        document = project.AddDocument("Usings.cs", compilation.SyntaxTrees[0].ToString()).Project.AddDocument("Subject.cs", text);
    }

    /// <summary>The rule reports what is marked, and nothing else.</summary>
    public async Task ShouldReport(DiagnosticAnalyzer analyzer, string rule)
    {
        var found = await Diagnose(document, analyzer, rule);
        Mark(found.Select(diagnostic => diagnostic.Location.SourceSpan)).Should().Be(marked);
    }

    /// <summary>All that the rule reports, mended at once.</summary>
    public async Task ShouldBecome(string expected, DiagnosticAnalyzer analyzer, CodeFixProvider fix, string rule)
    {
        var found = await Diagnose(document, analyzer, rule);
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, found[0], (action, _) => actions.Add(action), default));
        var all = new FixAllContext(
            document, fix, FixAllScope.Document, actions[0].EquivalenceKey, fix.FixableDiagnosticIds, new Found(analyzer, rule), default);
        var action = await fix.GetFixAllProvider()!.GetFixAsync(all);
        var operation = (await action!.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single();
        var changed = operation.ChangedSolution.GetDocument(document.Id)!;
        (await changed.GetTextAsync()).ToString().Should().Be(expected);
        await Compile(changed);
    }

    /// <summary>There is nothing to offer for what the rule reports.</summary>
    public async Task ShouldStay(DiagnosticAnalyzer analyzer, CodeFixProvider fix, string rule)
    {
        foreach (var diagnostic in await Diagnose(document, analyzer, rule))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(
                document, diagnostic, (action, _) => Assert.Fail($"offered: {action.Title}"), default));
    }

    private static async Task<ImmutableArray<Diagnostic>> Diagnose(Document document, DiagnosticAnalyzer analyzer, string rule)
    {
        var found = await (await Compile(document)).WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync();
        found.Select(diagnostic => diagnostic.Id).Should().NotContain("AD0001", "the analyzer failed");
        return [.. found.Where(diagnostic => diagnostic.Id == rule).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static async Task<Compilation> Compile(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.ToString()).ShouldBeNone();
        return compilation;
    }

    private string Mark(IEnumerable<TextSpan> spans)
    {
        var marks = spans.SelectMany(span => new[] { (At: span.Start, Text: "[|"), (At: span.End, Text: "|]") });
        return marks.OrderByDescending(mark => mark.At).ThenBy(mark => mark.Text == "|]" ? 1 : 0)
            .Aggregate(text, (result, mark) => result.Insert(mark.At, mark.Text));
    }

    private sealed class Found(DiagnosticAnalyzer analyzer, string rule) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(
            Document document, CancellationToken cancellation) =>
            await Diagnose(document, analyzer, rule);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
