using System.Reflection;
using System.Reflection.Emit;

namespace ClassroomKD.Testing;

/// <summary>
/// Finds code that makes a temporary <see cref="Scalar"/>, itself or through TorchSharp: the collector may free it under the native call
/// that reads it (TorchSharp issue 1496).
/// </summary>
internal static class TemporaryScalars
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    private static readonly Lazy<HashSet<MethodBase>> Makers = new(FindMakers);

    /// <summary>The calls that make one, of a type, the types within it, and what these call of its assembly.</summary>
    public static IReadOnlyList<string> ReachedFrom(Type type)
    {
        var waiting = new Queue<MethodBase>(MethodsOf(type));
        var seen = waiting.ToHashSet();
        var found = new List<string>();
        while (waiting.TryDequeue(out var method))
        {
            found.AddRange(In(method));
            foreach (var called in Instructions.Of(method).Select(instruction => instruction.Method).OfType<MethodBase>()
                .Select(Definition).Where(called => called.Module.Assembly == type.Assembly))
                foreach (var next in called.IsConstructor ? MethodsOf(called.DeclaringType!) : [called])
                    if (seen.Add(next))
                        waiting.Enqueue(next);
        }

        return found;
    }

    /// <summary>The calls that make one, of all code of an assembly.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetTypes().SelectMany(MethodsOf).Distinct().SelectMany(In);

    /// <summary>Whether a method of TorchSharp makes one.</summary>
    public static bool IsMaker(MethodBase method) => Makers.Value.Contains(Definition(method));

    // A static field keeps its scalar for good, and the class Scalars is where they are kept.
    private static IEnumerable<string> In(MethodBase method)
    {
        if ((method.IsConstructor && method.IsStatic) || method.DeclaringType?.FullName?.Split('+')[0] == typeof(Scalars).FullName)
            return [];
        return
            from instruction in Instructions.Of(method)
            where instruction is { Method: { } called, IsKept: false } && IsMaker(called)
            select $"{method.DeclaringType?.Name}.{method.Name} calls {instruction.Method!.DeclaringType?.Name}.{instruction.Method.Name}" +
                $"({string.Join(", ", instruction.Method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
    }

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
            foreach (var instruction in Instructions.Of(method))
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
            ? type.GetGenericTypeDefinition().GetMembers(All).OfType<MethodBase>().First(other => other.MetadataToken == method.MetadataToken)
            : method.ReflectedType == method.DeclaringType ? method : method.Module.ResolveMethod(method.MetadataToken)!;
    }

    /// <summary>An instruction that names a method.</summary>
    /// <param name="Method">The method; null if it cannot be resolved.</param>
    /// <param name="IsCall">It calls, and does not only name.</param>
    /// <param name="IsKept">Its result goes into a field at once.</param>
    private sealed record Instructions(MethodBase? Method, bool IsCall, bool IsKept)
    {
        private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

        public static IEnumerable<Instructions> Of(MethodBase method)
        {
            var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (var at = 0; at < code.Length;)
            {
                var operation = Read(code, ref at);
                if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineTok)
                {
                    var next = at + 4;
                    var kept = next < code.Length && Read(code, ref next) is var after && (after == OpCodes.Stfld || after == OpCodes.Stsfld);
                    yield return new(
                        Resolve(method, BitConverter.ToInt32(code, at)),
                        operation == OpCodes.Call || operation == OpCodes.Callvirt || operation == OpCodes.Newobj, kept);
                }

                at += operation.OperandType switch
                {
                    OperandType.InlineNone => 0,
                    OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                    OperandType.InlineVar => 2,
                    OperandType.InlineI8 or OperandType.InlineR => 8,
                    OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                    _ => 4,
                };
            }
        }

        private static OpCode Read(byte[] code, ref int at)
        {
            var value = code[at++];
            return Codes[value == 0xFE ? unchecked((short)(0xFE00 | code[at++])) : value];
        }

        private static MethodBase? Resolve(MethodBase within, int token)
        {
            try
            {
                return within.Module.ResolveMember(
                    token, within.DeclaringType?.GetGenericArguments(), within.IsGenericMethod ? within.GetGenericArguments() : null)
                    as MethodBase;
            }
            catch (Exception unresolved) when (unresolved is ArgumentException or BadImageFormatException or IOException or TypeLoadException)
            {
                return null; // of an assembly that is not there, whose code does not run
            }
        }
    }
}
