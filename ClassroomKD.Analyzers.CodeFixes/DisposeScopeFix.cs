using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace ClassroomKD.Analyzers;

/// <summary>Opens a dispose scope at the start of a training step.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeScopeFix)), Shared]
public sealed class DisposeScopeFix : CodeFixProvider
{
    private const string Title = "Open a dispose scope in each step";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.LoopWithoutScope.Id);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindToken(context.Span.Start).Parent?.FirstAncestorOrSelf<StatementSyntax>(IsLoop) is { } loop && Body(loop) is { } body)
        {
            var changed = context.Document.WithSyntaxRoot(root.ReplaceNode(body, WithScope(body, root)));
            context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(changed), Title), context.Diagnostics);
        }
    }

    private static bool IsLoop(SyntaxNode node) => Body(node) is not null;

    private static StatementSyntax? Body(SyntaxNode loop) => loop switch
    {
        CommonForEachStatementSyntax each => each.Statement,
        ForStatementSyntax count => count.Statement,
        WhileStatementSyntax repeat => repeat.Statement,
        DoStatementSyntax repeat => repeat.Statement,
        _ => null,
    };

    private static BlockSyntax WithScope(StatementSyntax body, SyntaxNode root)
    {
        var names = new HashSet<string>(
            root.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.Text));
        var name = Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? "scope" : "scope" + i).First(free => !names.Contains(free));
        var scope = SyntaxFactory.ParseStatement($"using var {name} = global::TorchSharp.torch.NewDisposeScope();\n");
        scope = scope.ReplaceNodes(
            scope.DescendantNodes().OfType<MemberAccessExpressionSyntax>(),
            (_, access) => access.WithAdditionalAnnotations(Simplifier.Annotation));
        var block = body as BlockSyntax ?? SyntaxFactory.Block(body);
        return block.WithStatements(block.Statements.Insert(0, scope)).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
