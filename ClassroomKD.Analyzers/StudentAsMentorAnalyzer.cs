using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Finds a network that is the student and a mentor: the same variable, field or property of one type is passed as both.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StudentAsMentorAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.StudentAsMentor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolStartAction(
            static start =>
            {
                var seats = new Seats();
                start.RegisterOperationAction(
                    operation => seats.Visit(operation.Operation),
                    OperationKind.ObjectCreation, OperationKind.Invocation, OperationKind.VariableDeclarator,
                    OperationKind.SimpleAssignment, OperationKind.Loop, OperationKind.ExpressionStatement);
                start.RegisterSymbolEndAction(end => seats.Report(end.ReportDiagnostic));
            },
            SymbolKind.NamedType);
    }
}
