using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace ClassroomKD.Analyzers;

/// <summary>What to write in place of expressions with temporary scalars. Expressions may hold each other.</summary>
/// <param name="model">What the expressions mean.</param>
/// <param name="variables">Whether to change values that are known only at run time, or constants and operations without a number.</param>
internal sealed class ScalarEdits(SemanticModel model, bool variables)
{
    private readonly Dictionary<SyntaxNode, Func<ExpressionSyntax, ExpressionSyntax>> edits = [];

    public bool IsEmpty => edits.Count == 0;

    /// <summary>Takes up an expression that a diagnostic is about: a number, or an operation that makes a scalar inside.</summary>
    public void Add(SyntaxNode node)
    {
        if (node is not ExpressionSyntax expression)
            return;
        if (model.GetOperation(expression) is IOperation { Type: { } type } && type is { Name: "Tensor", ContainingType.Name: "torch" })
        {
            if (!variables)
                AddOperation(expression);
            return;
        }
        var number = ToScalarReceiver(expression) ?? expression;
        if (Scalar(number) is not { } scalar || model.GetConstantValue(number).HasValue == variables)
            return;
        edits[expression] = _ => scalar;
        var outer = expression.Parent;
        while (outer is ParenthesizedExpressionSyntax)
            outer = outer.Parent;
        AddOperation(outer is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } ? call : outer);
    }

    public SyntaxNode Apply(SyntaxNode root) => root.ReplaceNodes(
        edits.Keys, (original, rewritten) => edits[original]((ExpressionSyntax)rewritten).WithTriviaFrom(original));

    // Additions, and numbers less a tensor: TorchSharp makes a scalar in these, whatever is passed.
    private void AddOperation(SyntaxNode? node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when !IsTensor(sum.Left):
                edits[sum] = changed => Call(((BinaryExpressionSyntax)changed).Right, "add", ((BinaryExpressionSyntax)changed).Left, One);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                edits[sum] = changed => Call(((BinaryExpressionSyntax)changed).Left, "add", ((BinaryExpressionSyntax)changed).Right, One);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression } difference when !IsTensor(difference.Left):
                edits[difference] = changed =>
                    Call(Call(((BinaryExpressionSyntax)changed).Right, "neg"), "add", ((BinaryExpressionSyntax)changed).Left, One);
                break;
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression, Left: IdentifierNameSyntax } sum:
                edits[sum] = changed => ((AssignmentExpressionSyntax)changed) is var assignment
                    ? AssignmentExpression(
                        SyntaxKind.SimpleAssignmentExpression, assignment.Left,
                        Call(assignment.Left.WithoutTrivia(), "add", assignment.Right, One))
                    : changed;
                break;
            case InvocationExpressionSyntax call when IsAddWithoutAlpha(call):
                edits[call] = changed => ((InvocationExpressionSyntax)changed).AddArgumentListArguments(Argument(One));
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "square" } access } call
                when access.Expression is IdentifierNameSyntax && IsTensor(access.Expression) && call.ArgumentList.Arguments.Count == 0:
                edits[call] = _ => Call(access.Expression, "mul", access.Expression);
                break;
        }
    }

    private bool IsAddWithoutAlpha(InvocationExpressionSyntax call) =>
        model.GetOperation(call) is IInvocationOperation { TargetMethod: { Name: "add" or "add_" } method }
        && method.ContainingType.Name is "Tensor" or "torch" && method.Parameters.All(parameter => parameter.Name != "alpha");

    private bool IsTensor(ExpressionSyntax expression) =>
        model.GetTypeInfo(expression).Type is { Name: "Tensor", ContainingType.Name: "torch" };

    private static ExpressionSyntax? ToScalarReceiver(ExpressionSyntax expression) =>
        expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ToScalar" } access }
            ? access.Expression
            : null;

    // Null for a type that Scalars has none of. Integers stay integers: a scalar of another kind would change the type of the result.
    private ExpressionSyntax? Scalar(ExpressionSyntax number)
    {
        var value = model.GetConstantValue(number).Value;
        switch (model.GetTypeInfo(number).Type?.SpecialType)
        {
            case SpecialType.System_Single or SpecialType.System_Double:
                return (value is IConvertible ? Convert.ToDouble(value, null) : double.NaN) switch
                {
                    0 when !number.ToString().Contains('-') => Scalars("Zero"),
                    1 => One,
                    -1 => Scalars("MinusOne"),
                    2 => Scalars("Two"),
                    0.5 => Scalars("Half"),
                    _ => Call(Scalars(), "Of", number),
                };
            case >= SpecialType.System_SByte and <= SpecialType.System_Int64:
                return Call(Scalars(), "OfInteger", number);
            default:
                return null;
        }
    }

    private static ExpressionSyntax One => Scalars("One");

    private static ExpressionSyntax Scalars(string? member = null)
    {
        var type = ParseExpression("global::ClassroomKD.Scalars").WithAdditionalAnnotations(Simplifier.Annotation);
        return member is null ? type : Member(type, member);
    }

    private static MemberAccessExpressionSyntax Member(ExpressionSyntax owner, string name) =>
        MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, owner, IdentifierName(name));

    private static InvocationExpressionSyntax Call(ExpressionSyntax receiver, string method, params ExpressionSyntax[] arguments)
    {
        var inner = receiver.WithoutTrivia();
        if (inner is not (IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
            or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax))
            inner = ParenthesizedExpression(inner);
        return InvocationExpression(
            Member(inner, method),
            ArgumentList(SeparatedList(arguments.Select(argument => Argument(argument.WithoutTrivia())))));
    }
}
