using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClassroomKD.Analyzers;

/// <summary>Who is a student and who a mentor, in the code of one type.</summary>
internal sealed class Seats
{
    private readonly ConcurrentBag<(IOperation Network, IOperation Place)> students = new(), mentors = new();
    private readonly ConcurrentBag<(ISymbol Variable, IOperation Value)> assignments = new();
    private readonly ConcurrentBag<IOperation> actions = new();

    public void Visit(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Type: INamedTypeSymbol { Name: "Mentor" or "Student" } type } creation when IsOurs(type):
                Add(type.Name, creation.Arguments, creation);
                break;
            case IInvocationOperation call when IsOurs(call.TargetMethod.ContainingType):
                Call(call);
                break;
            case ILoopOperation or IExpressionStatementOperation { Operation: IInvocationOperation }:
                actions.Add(operation);
                break;
            case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator:
                assignments.Add((declarator.Symbol, value));
                break;
            case ISimpleAssignmentOperation assignment when Symbol(assignment.Target) is { } variable:
                assignments.Add((variable, assignment.Value));
                break;
        }
    }

    public void Report(Action<Diagnostic> report)
    {
        var taught = students.SelectMany(student => Networks(student.Network).Select(network => (network, student.Place))).ToList();
        foreach (var (value, place) in mentors)
            foreach (var network in Networks(value).Where(IsOneNetwork))
                if (taught.Any(student => Same(student.network, network) && !IsPromoted(student.Place, place)))
                    report(Diagnostic.Create(Rules.StudentAsMentor, value.Syntax.GetLocation(), network.Name));
    }

    private void Call(IInvocationOperation call)
    {
        switch (call.TargetMethod.Name)
        {
            case "AddMentor":
                Add("Mentor", call.Arguments, call);
                break;
            case "AddStudent":
                Add("Student", call.Arguments, call);
                break;
            case "Teach":
                Add("Student", call.Arguments.Where(argument => argument.Parameter?.Name == "studentAnswer"), call);
                break;
            case "Run":
                actions.Add(call);
                break;
        }
    }

    private void Add(string seat, IEnumerable<IArgumentOperation> arguments, IOperation place)
    {
        foreach (var argument in arguments.Where(argument => !argument.IsImplicit))
            (seat == "Mentor" ? mentors : students).Add((argument.Value, place));
    }

    // The variables that hold the network which a module, an answer or a factory comes from.
    private IEnumerable<ISymbol> Networks(IOperation? value)
    {
        switch (value)
        {
            case IConversionOperation conversion:
                return Networks(conversion.Operand);
            case IInvocationOperation { TargetMethod.Name: "forward" or "call" } answer:
                return Networks(answer.Instance);
            case IDelegateCreationOperation { Target: IMethodReferenceOperation method }:
                return Networks(method.Instance);
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation function }:
                return function.Body.InFunction().OfType<IReturnOperation>().SelectMany(answer => Networks(answer.ReturnedValue));
            case { Type: { } type } when IsModule(type):
                return Symbol(value) is { } network ? [network] : [];
            case ILocalReferenceOperation answer:
                return assignments.Where(assignment => Same(assignment.Variable, answer.Local) && assignment.Value is IInvocationOperation)
                    .SelectMany(assignment => Networks(assignment.Value));
            default:
                return [];
        }
    }

    // A variable that is set twice may stand for two networks.
    private bool IsOneNetwork(ISymbol variable) => assignments.Count(assignment => Same(assignment.Variable, variable)) <= 1;

    // A student that was trained may teach the next one.
    private bool IsPromoted(IOperation student, IOperation mentor) =>
        student.Syntax.SyntaxTree == mentor.Syntax.SyntaxTree && actions.Any(action =>
            action.Syntax.SyntaxTree == mentor.Syntax.SyntaxTree
            && action.Syntax.Span.End > student.Syntax.Span.End && action.Syntax.Span.End < mentor.Syntax.SpanStart);

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation } property => property.Property,
        _ => null,
    };

    private static bool IsModule(ITypeSymbol type) =>
        type.AllInterfaces.Concat([type]).Any(face => face is { Name: "IModule", ContainingType.Name: "nn" });

    private static bool IsOurs(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "ClassroomKD", ContainingNamespace.IsGlobalNamespace: true };

    private static bool Same(ISymbol a, ISymbol b) => SymbolEqualityComparer.Default.Equals(a, b);
}
