using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Finds the constant 0 where TorchSharp takes it as an enum value: <c>x.sum(0)</c> is <c>x.sum(ScalarType.Byte)</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ZeroAsEnumAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The key of the parameter to name, among a diagnostic's properties.</summary>
    internal const string Name = "name";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ZeroAsEnum);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TorchSharpTypes.Of(start.Compilation) is { } types)
                start.RegisterOperationAction(operation => Argument(operation, types), OperationKind.Argument);
        });
    }

    private static void Argument(OperationAnalysisContext context, TorchSharpTypes types)
    {
        var argument = (IArgumentOperation)context.Operation;
        var value = argument.Value.WithoutConversions();
        if (argument is not { IsImplicit: false, Parameter: { ContainingSymbol: IMethodSymbol method } parameter }
            || !types.IsInTorchSharp(method) || Underlying(parameter.Type) is not { TypeKind: TypeKind.Enum } taken
            || value.Type is not { TypeKind: TypeKind.Struct } || !IsZero(value.ConstantValue.Value))
            return;
        var member = taken.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => IsZero(field.ConstantValue));
        var meaning = member is null ? $"({taken.Name})0" : $"{taken.Name}.{member.Name}";
        var dimension = Dimension(method, parameter.Ordinal);
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.ZeroAsEnum, argument.Syntax.GetLocation(), ImmutableDictionary<string, string?>.Empty.Add(Name, dimension),
            value.Syntax, meaning, dimension is null ? meaning : $"{dimension}: {value.Syntax}"));
    }

    // The name of the dimension that another overload has in this place.
    private static string? Dimension(IMethodSymbol method, int ordinal) =>
        method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>()
            .Where(other => other.Parameters.Length > ordinal).Select(other => other.Parameters[ordinal])
            .FirstOrDefault(other => other is { Name: "dim", Type.SpecialType: SpecialType.System_Int64 })?.Name;

    private static ITypeSymbol Underlying(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;

    private static bool IsZero(object? value) =>
        value is IConvertible and not (string or bool or char) && Convert.ToDouble(value, null) == 0;
}
