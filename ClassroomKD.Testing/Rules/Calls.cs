using System.Reflection;

namespace ClassroomKD.Testing;

/// <summary>Finds calls that code must not make.</summary>
internal static class Calls
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    private static readonly Lazy<HashSet<MethodBase>> Makers = new(FindMakers);

    private static readonly HashSet<Type> Tensors =
        [typeof(Tensor), typeof(TensorExtensionMethods), typeof(torch), typeof(cuda)];

    private static readonly HashSet<string> Readers =
    [
        "item", "cpu", "data", "nonzero", "masked_select", "tolist", "equal", "allclose", "op_Explicit", "ToString", "str", "cstr", "jlstr",
        "npstr", "print", "synchronize", "ToBFloat16", "ToBoolean", "ToByte", "ToComplex32", "ToComplex64", "ToDouble", "ToHalf", "ToInt16",
        "ToInt32", "ToInt64", "ToSByte", "ToSingle",
    ];

    /// <summary>Whether a method of TorchSharp makes a temporary <see cref="Scalar"/>, itself or through another: the collector may free it
    /// under the native call that reads it (TorchSharp issue 1496).</summary>
    public static bool MakesAScalar(MethodBase method) => Makers.Value.Contains(Definition(method));

    /// <summary>Whether a method of TorchSharp reads from the device, or waits for it.</summary>
    public static bool ReadsBack(MethodBase method) =>
        method.DeclaringType is { } type && Tensors.Contains(type) && (Readers.Contains(method.Name) || IndexesByTensors(method));

    // With a mask, x[mask] counts first how many it chooses. Whether a tensor is a mask no code shows.
    private static bool IndexesByTensors(MethodBase method) =>
        method.Name is "get_TensorItems" or "set_TensorItems" or "index" or "index_put_"
        && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Tensor[]));

    /// <summary>The forbidden calls of an object, of the objects and functions that it holds, and of what these call of their
    /// assemblies.</summary>
    public static IReadOnlyList<string> ReachedFrom(object part, Func<MethodBase, bool> forbidden)
    {
        var waiting = new Queue<MethodBase>(MethodsOf(part, new(ReferenceEqualityComparer.Instance)).Distinct());
        var seen = waiting.ToHashSet();
        var assemblies = waiting.Select(method => method.Module.Assembly).ToHashSet();
        var found = new List<string>();
        while (waiting.TryDequeue(out var method))
        {
            found.AddRange(In(method, forbidden));
            foreach (var called in Instruction.Of(method).Select(instruction => instruction.Method).OfType<MethodBase>()
                .Select(Definition).Where(called => assemblies.Contains(called.Module.Assembly)))
                foreach (var next in called.IsConstructor ? MethodsOf(called.DeclaringType!) : [called])
                    if (seen.Add(next))
                        waiting.Enqueue(next);
        }

        return found;
    }

    /// <summary>The forbidden calls of all code of an assembly.</summary>
    public static IEnumerable<string> Of(Assembly assembly, Func<MethodBase, bool> forbidden) =>
        assembly.GetTypes().SelectMany(MethodsOf).Distinct().SelectMany(method => In(method, forbidden));

    // What is made once is no matter: in a static constructor, into a field, in the class that keeps scalars.
    private static IEnumerable<string> In(MethodBase method, Func<MethodBase, bool> forbidden)
    {
        if ((method.IsConstructor && method.IsStatic) || method.DeclaringType?.FullName?.Split('+')[0] == typeof(Scalars).FullName)
            return [];
        return
            from instruction in Instruction.Of(method)
            where instruction is { Method: { } called, IsKept: false } && forbidden(called)
            select $"{method.DeclaringType?.Name}.{method.Name} calls {instruction.Method!.DeclaringType?.Name}.{instruction.Method.Name}" +
                $"({string.Join(", ", instruction.Method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
    }

    private static IEnumerable<MethodBase> MethodsOf(object held, HashSet<object> seen)
    {
        if (!seen.Add(held))
            return [];
        var function = held as Delegate;
        var types = new List<Type>();
        for (var type = (function?.Target ?? held).GetType(); !IsForeign(type); type = type.BaseType!)
            types.Add(type);
        var within = types.SelectMany(type => type.GetFields(All)).Where(field => !field.IsStatic && !field.FieldType.IsPointer)
            .Select(field => field.GetValue(function?.Target ?? held)).OfType<object>().SelectMany(value => MethodsOf(value, seen));
        return (function is null ? types.SelectMany(MethodsOf) : [function.Method]).Concat(within);
    }

    private static bool IsForeign(Type type) =>
        type.IsPrimitive || type.IsArray || type.Namespace?.Split('.')[0] is "System" or "Microsoft" or "TorchSharp";

    private static IEnumerable<MethodBase> MethodsOf(Type type) =>
        type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All))
            .Concat(type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(MethodsOf));

    // Every method of TorchSharp that converts a number to a scalar, or calls one that does.
    private static HashSet<MethodBase> FindMakers()
    {
        var all = typeof(torch).Assembly.GetTypes().Where(type => type.DeclaringType is null).SelectMany(MethodsOf)
            .Where(method => !(method.IsConstructor && method.IsStatic)).ToList();
        var callers = new Dictionary<MethodBase, List<MethodBase>>();
        foreach (var method in all)
            foreach (var instruction in Instruction.Of(method))
                if (instruction is { IsCall: true, Method: { } called })
                {
                    if (!callers.TryGetValue(Definition(called), out var list))
                        callers[Definition(called)] = list = [];
                    list.Add(method);
                }

        var makers = all.Where(method =>
            (method.DeclaringType == typeof(Scalar) && method.Name == "op_Implicit") || method.Name == "ToScalar").ToHashSet();
        var waiting = new Queue<MethodBase>(makers);
        while (waiting.TryDequeue(out var maker))
            foreach (var caller in callers.GetValueOrDefault(maker) ?? [])
                if (makers.Add(caller))
                    waiting.Enqueue(caller);
        return makers;
    }

    // Of a generic type or method, what was written.
    private static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true } generic)
            method = generic.GetGenericMethodDefinition();
        return method.DeclaringType is { IsConstructedGenericType: true } type
            ? type.GetGenericTypeDefinition().GetMembers(All).OfType<MethodBase>()
                .First(other => other.MetadataToken == method.MetadataToken)
            : method.ReflectedType == method.DeclaringType ? method : method.Module.ResolveMethod(method.MetadataToken)!;
    }
}
