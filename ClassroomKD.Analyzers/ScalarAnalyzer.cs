using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Finds temporary scalars: <c>x * 2f</c>, <c>x.add(1)</c>, <c>a + b</c>; and scalars where a tensor is meant: TorchSharp
/// declares that conversion, so that it compiles, and throws in it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScalarAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.NumberAsScalar, Rules.HiddenScalar, Rules.ScalarAsTensor);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TorchSharpTypes.Of(start.Compilation) is not { } types)
                return;
            var hidden = HiddenScalars.Of(start.Compilation);
            start.RegisterOperationAction(
                operation => Binary(operation, types, hidden), OperationKind.Binary, OperationKind.CompoundAssignment);
            start.RegisterOperationAction(operation => Call(operation, types, hidden), OperationKind.Invocation);
            start.RegisterOperationAction(operation => Conversion(operation, types), OperationKind.Conversion);
        });
    }

    private static void Binary(OperationAnalysisContext context, TorchSharpTypes types, IReadOnlyDictionary<ISymbol, string> hidden)
    {
        var (method, left, right) = context.Operation switch
        {
            IBinaryOperation binary => (binary.OperatorMethod, binary.LeftOperand, binary.RightOperand),
            ICompoundAssignmentOperation assignment => (assignment.OperatorMethod, assignment.Target, assignment.Value),
            _ => default,
        };
        if (method is null || !types.IsTensor(method.ContainingType))
            return;
        // Each overload for a number converts it; the others leave the conversion to the caller, who is seen in Conversion.
        foreach (var (parameter, operand) in method.Parameters.Zip(new[] { left, right }, (parameter, operand) => (parameter, operand)))
            if (!types.IsTensor(parameter.Type) && !types.IsScalar(parameter.Type))
                ReportNumber(context, operand.WithoutConversions());
        if (!Converts(left, types) && !Converts(right, types))
            ReportHidden(context, method, context.Operation.Syntax, hidden);
    }

    private static void Call(OperationAnalysisContext context, TorchSharpTypes types, IReadOnlyDictionary<ISymbol, string> hidden)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name == "ToScalar" && types.IsInTorchSharp(call.TargetMethod) && !IsKept(call))
            ReportNumber(context, call);
        else if (!call.Arguments.Any(argument => Converts(argument.Value, types)))
            ReportHidden(context, call.TargetMethod, call.Syntax, hidden);
    }

    private static void Conversion(OperationAnalysisContext context, TorchSharpTypes types)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (MakesScalar(conversion, types) && !IsKept(conversion))
            ReportNumber(context, conversion.Operand.WithoutConversions());
        else if (conversion.OperatorMethod is { Parameters.Length: 1 } method && types.IsTensor(method.ReturnType)
            && types.IsScalar(method.Parameters[0].Type))
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.ScalarAsTensor, conversion.Operand.Syntax.GetLocation(), conversion.Operand.Syntax));
    }

    private static bool MakesScalar(IConversionOperation conversion, TorchSharpTypes types) =>
        conversion.OperatorMethod is { Name: "op_Implicit" or "op_Explicit" } method && types.IsScalar(method.ContainingType)
        && types.IsScalar(method.ReturnType);

    private static bool Converts(IOperation operand, TorchSharpTypes types) =>
        operand is IConversionOperation conversion && (MakesScalar(conversion, types) || Converts(conversion.Operand, types));

    // A field, a property, or a variable that is disposed later keeps its scalar alive.
    private static bool IsKept(IOperation scalar)
    {
        for (var at = scalar.Parent; ; at = at.Parent)
            switch (at)
            {
                case IConversionOperation or IConditionalOperation or ICoalesceOperation:
                case IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation:
                case IVariableInitializerOperation or IVariableDeclaratorOperation:
                case IVariableDeclarationOperation or IVariableDeclarationGroupOperation:
                    continue;
                case IAssignmentOperation assignment:
                    return assignment.Target is IFieldReferenceOperation or IPropertyReferenceOperation;
                default:
                    return at is ISymbolInitializerOperation and not IParameterInitializerOperation
                        or IUsingOperation or IUsingDeclarationOperation;
            }
    }

    private static void ReportNumber(OperationAnalysisContext context, IOperation number) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.NumberAsScalar, number.Syntax.GetLocation(), number.Syntax.ToString()));

    private static void ReportHidden(
        OperationAnalysisContext context, IMethodSymbol method, SyntaxNode syntax, IReadOnlyDictionary<ISymbol, string> hidden)
    {
        if (hidden.TryGetValue(method.OriginalDefinition, out var advice))
            context.ReportDiagnostic(Diagnostic.Create(Rules.HiddenScalar, syntax.GetLocation(), syntax.ToString(), advice));
    }
}
