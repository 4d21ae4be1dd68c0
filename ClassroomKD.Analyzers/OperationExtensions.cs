using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

internal static class OperationExtensions
{
    /// <summary>What holds an operation, from the inside out, up to the function that it stands in.</summary>
    public static IEnumerable<IOperation> AncestorsInFunction(this IOperation operation)
    {
        for (var at = operation.Parent; at is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = at.Parent)
            yield return at;
    }

    /// <summary>An operation and what it holds, functions inside left out.</summary>
    public static IEnumerable<IOperation> InFunction(this IOperation operation)
    {
        yield return operation;
        foreach (var child in operation.ChildOperations)
            if (child is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
                foreach (var below in child.InFunction())
                    yield return below;
    }

    public static bool Calls(this IOperation operation, Func<IMethodSymbol, bool> method) =>
        operation.InFunction().OfType<IInvocationOperation>().Any(call => method(call.TargetMethod));

    /// <summary>The operation that implicit conversions stand around.</summary>
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (operation is IConversionOperation { IsImplicit: true } conversion)
            operation = conversion.Operand;
        return operation;
    }
}
