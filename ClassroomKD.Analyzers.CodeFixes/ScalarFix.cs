using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ClassroomKD.Analyzers;

/// <summary><c>x * 2f</c> becomes <c>x * Scalars.Two</c>, and <c>a + b</c> becomes <c>a.add(b, Scalars.One)</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ScalarFix)), Shared]
public sealed class ScalarFix : CodeFixProvider
{
    private const string Constant = "Pass one of Scalars";
    private const string Variable = "Keep a scalar of this value for the life of the process";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ImmutableArray.Create(Rules.NumberAsScalar.Id, Rules.HiddenScalar.Id);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) =>
            await FixAsync(document, diagnostics, context.CodeActionEquivalenceKey, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            foreach (var title in new[] { Constant, Variable })
                if (await FixAsync(context.Document, [diagnostic], title, context.CancellationToken).ConfigureAwait(false) is { } changed)
                    context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), title), diagnostic);
    }

    // A value that changes would be kept again and again, so variables are only taken when asked for.
    private static async Task<Document?> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, string? title, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model?.Compilation.GetTypeByMetadataName("ClassroomKD.Scalars") is null)
            return null;
        var edits = new ScalarEdits(model, variables: title == Variable);
        foreach (var diagnostic in diagnostics)
            edits.Add(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true));
        return edits.IsEmpty ? null : document.WithSyntaxRoot(edits.Apply(root));
    }
}
