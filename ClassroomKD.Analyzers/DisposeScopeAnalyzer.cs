using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Finds training loops without a dispose scope, and dispose scopes that are open over an await.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DisposeScopeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.LoopWithoutScope, Rules.AwaitInScope);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TorchSharpTypes.Of(start.Compilation) is not { } types)
                return;
            start.RegisterOperationAction(operation => Call(operation, types), OperationKind.Invocation);
            start.RegisterOperationAction(
                operation => Wait(operation, types),
                OperationKind.Await, OperationKind.Loop, OperationKind.Using, OperationKind.UsingDeclaration);
        });
    }

    private static void Call(OperationAnalysisContext context, TorchSharpTypes types)
    {
        var backward = (IInvocationOperation)context.Operation;
        if (!types.IsBackward(backward.TargetMethod))
            return;
        // The step is the innermost loop that moves the weights: inside it, gradients of several small batches may be summed up.
        var loops = backward.AncestorsInFunction().OfType<ILoopOperation>().ToList();
        var step = loops.FirstOrDefault(loop => loop.Body.Calls(types.IsOptimizerStep)) ?? loops.FirstOrDefault();
        if (step is null || step.Body.Calls(types.IsNewDisposeScope))
            return;
        var first = step.Body.InFunction().OfType<IInvocationOperation>().First(call => types.IsBackward(call.TargetMethod));
        if (first == backward)
            context.ReportDiagnostic(Diagnostic.Create(Rules.LoopWithoutScope, step.Syntax.GetFirstToken().GetLocation()));
    }

    private static void Wait(OperationAnalysisContext context, TorchSharpTypes types)
    {
        var operation = context.Operation;
        var waits = operation switch
        {
            IForEachLoopOperation loop => loop.IsAsynchronous,
            IUsingOperation use => use.IsAsynchronous,
            IUsingDeclarationOperation use => use.IsAsynchronous,
            ILoopOperation => false,
            _ => true,
        };
        if (waits && IsInScope(operation, types))
            context.ReportDiagnostic(Diagnostic.Create(Rules.AwaitInScope, AwaitKeyword(operation.Syntax).GetLocation()));
    }

    private static bool IsInScope(IOperation operation, TorchSharpTypes types)
    {
        var inner = operation;
        foreach (var outer in operation.AncestorsInFunction())
        {
            if (outer is IUsingOperation use && inner == use.Body && use.Resources.Calls(types.IsNewDisposeScope))
                return true;
            if (outer is IBlockOperation block
                && block.Operations.TakeWhile(before => before != inner)
                    .Any(before => before is IUsingDeclarationOperation && before.Calls(types.IsNewDisposeScope)))
                return true;
            inner = outer;
        }
        return false;
    }

    private static SyntaxToken AwaitKeyword(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax expression => expression.AwaitKeyword,
        CommonForEachStatementSyntax loop => loop.AwaitKeyword,
        UsingStatementSyntax use => use.AwaitKeyword,
        LocalDeclarationStatementSyntax use => use.AwaitKeyword,
        _ => node.GetFirstToken(),
    };
}
