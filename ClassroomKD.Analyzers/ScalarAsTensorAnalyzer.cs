using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Finds scalars where a tensor is meant: TorchSharp declares the conversion, so that it compiles, and throws in it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScalarAsTensorAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ScalarAsTensor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TorchSharpTypes.Of(start.Compilation) is { } types)
                start.RegisterOperationAction(operation => Conversion(operation, types), OperationKind.Conversion);
        });
    }

    private static void Conversion(OperationAnalysisContext context, TorchSharpTypes types)
    {
        if (context.Operation is IConversionOperation { OperatorMethod: { Parameters.Length: 1 } method } conversion
            && types.IsTensor(method.ReturnType) && types.IsScalar(method.Parameters[0].Type))
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.ScalarAsTensor, conversion.Operand.Syntax.GetLocation(), conversion.Operand.Syntax));
    }
}
