using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClassroomKD.Analyzers;

/// <summary><c>x.sum(0)</c> becomes <c>x.sum(dim: 0)</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DimensionFix)), Shared]
public sealed class DimensionFix : CodeFixProvider
{
    private const string Title = "Name the dimension";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.ZeroAsEnum.Id);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ArgumentSyntax>() is { } argument
                && diagnostic.Properties.TryGetValue(ZeroAsEnumAnalyzer.Name, out var name) && name is not null)
            {
                var named = argument.WithNameColon(SyntaxFactory.NameColon(name)).NormalizeWhitespace().WithTriviaFrom(argument);
                var changed = context.Document.WithSyntaxRoot(root.ReplaceNode(argument, named));
                context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(changed), Title), diagnostic);
            }
    }
}
