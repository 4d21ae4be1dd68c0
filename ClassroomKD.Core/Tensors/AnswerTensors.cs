using System.Runtime.CompilerServices;

namespace ClassroomKD;

/// <summary>The tensors of an answer: of a tensor, a tuple or sequence of answers, or a disposable type of a task.</summary>
internal static class AnswerTensors
{
    /// <summary>Refuses a type whose tensors could not be found, and so would be lost.</summary>
    /// <typeparam name="TAnswer">What a model answers with.</typeparam>
    /// <param name="model">The model's name.</param>
    /// <exception cref="ArgumentException">The type holds no tensors that could be found.</exception>
    public static void RequireFindable<TAnswer>(string model)
    {
        if (!AreFindable(typeof(TAnswer)))
            throw new ArgumentException(
                $"'{model}' answers with {typeof(TAnswer)}, whose tensors cannot be found. A tensor, a tuple or sequence of tensors, " +
                $"or a type that implements {nameof(IDisposable)} or {nameof(ITuple)} was expected.");
    }

    /// <summary>The tensors of an answer; none of those that a disposable type keeps to itself.</summary>
    public static IEnumerable<Tensor> Of(object? answer) => answer switch
    {
        Tensor tensor => [tensor],
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Of(tuple[i])),
        IEnumerable<IDisposable> parts => parts.SelectMany(Of),
        _ => [],
    };

    /// <summary>What is wrong with an answer, after "answered with"; null if it and all its tensors are there.</summary>
    public static string? Fault(object? answer) => answer switch
    {
        null => "null",
        Tensor { IsInvalid: true } =>
            "a tensor that was disposed; an answer belongs to the caller, so what is kept has to be cloned before it is given",
        Tensor => null,
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => Fault(tuple[i])).FirstOrDefault(fault => fault is not null),
        IEnumerable<IDisposable> parts => parts.Select(Fault).FirstOrDefault(fault => fault is not null),
        _ => null,
    };

    /// <summary>Whether answers of a type can be moved to another device.</summary>
    public static bool CanMove(Type type) =>
        type == typeof(Tensor) || type.IsAssignableTo(typeof(IMovableAnswer)) || (IsSystemTuple(type)
            && type.GetGenericArguments().All(CanMove));

    /// <summary>The answer on a device, in the current dispose scope. Its type is one that <see cref="CanMove"/>.</summary>
    public static TAnswer Moved<TAnswer>(TAnswer answer, Device device) => (TAnswer)(answer switch
    {
        Tensor tensor => tensor.to(device),
        IMovableAnswer movable => movable.MovedTo(device),
        ITuple tuple => Activator.CreateInstance(
            answer.GetType(), [.. Enumerable.Range(0, tuple.Length).Select(i => Moved(tuple[i]!, device))])!,
        _ => throw new InvalidOperationException($"{answer?.GetType()} cannot be moved."),
    });

    /// <summary>Hands the tensors of an answer to the scope around <paramref name="scope"/>.</summary>
    public static TAnswer MoveToOuter<TAnswer>(DisposeScope scope, TAnswer answer)
    {
        switch (answer)
        {
            case IDisposable disposable:
                scope.MoveToOuter(disposable);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                    MoveToOuter(scope, tuple[i]);
                break;
            case IEnumerable<IDisposable> parts:
                scope.MoveToOuter(parts);
                break;
        }

        return answer;
    }

    private static bool AreFindable(Type type)
    {
        if (type.IsAssignableTo(typeof(IDisposable)) || type.IsAssignableTo(typeof(IEnumerable<IDisposable>)))
            return true;
        return type.IsAssignableTo(typeof(ITuple)) && (!IsSystemTuple(type) || type.GetGenericArguments().All(AreFindable));
    }

    private static bool IsSystemTuple(Type type) =>
        type.IsAssignableTo(typeof(ITuple)) && type.IsGenericType && type.Namespace == nameof(System);
}
