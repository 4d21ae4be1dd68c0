using System.Reflection;
using System.Reflection.Emit;

namespace ClassroomKD.Testing;

/// <summary>An instruction that names a method.</summary>
/// <param name="Method">The method; null if it cannot be resolved.</param>
/// <param name="IsCall">It calls, and does not only name.</param>
/// <param name="IsKept">Its result goes into a field at once.</param>
internal sealed record Instruction(MethodBase? Method, bool IsCall, bool IsKept)
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static IEnumerable<Instruction> Of(MethodBase method)
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
