using System.Globalization;
using System.Numerics;

namespace ClassroomKD.Pickling;

/// <summary>
/// Interprets the opcodes of the pickle protocols 1 to 5. It makes texts, numbers, lists, tuples, dictionaries and records that describe
/// tensors; all else becomes a <see cref="PickledForeign"/>. It looks names up only in the table of <see cref="PickleGlobal"/>, calls only
/// that table's interpretations, and does not recurse.
/// </summary>
/// <param name="bytes">The pickle.</param>
/// <param name="storages">Resolves persistent ids; <c>null</c> if there must be none.</param>
internal sealed class PickleReader(PickleBytes bytes, PickledStorages? storages)
{
    // A generator's state takes 17; the time to write a number as text grows with the square of its length.
    private const int LongestInteger = 255;
    private readonly PickleStack stack = new();

    /// <summary>Reads one pickle; the stream is then at its end.</summary>
    public object? Read()
    {
        var at = bytes.Position;
        var opcode = PickleOpcode.PROTO;
        try
        {
            while (true)
            {
                at = bytes.Position;
                opcode = (PickleOpcode)bytes.Byte();
                if (opcode == PickleOpcode.STOP)
                    return stack.Result();
                Run(opcode);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"the pickle's byte {at} ({Name(opcode)}): {e.Message}", e);
        }
    }

    private void Run(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.PROTO: Protocol(); break;
            // Frames only tell how much to read ahead.
            case PickleOpcode.FRAME: bytes.Length(); break;
            case PickleOpcode.MARK: stack.Mark(); break;
            case PickleOpcode.POP: stack.PopOrUnmark(); break;
            case PickleOpcode.POP_MARK: stack.PopToMark(); break;
            case PickleOpcode.DUP: stack.Push(stack.Top()); break;

            case PickleOpcode.NONE: stack.Push(null); break;
            case PickleOpcode.NEWTRUE: stack.Push(true); break;
            case PickleOpcode.NEWFALSE: stack.Push(false); break;
            case PickleOpcode.BININT: stack.Push((long)bytes.Int32()); break;
            case PickleOpcode.BININT1: stack.Push((long)bytes.Byte()); break;
            case PickleOpcode.BININT2: stack.Push((long)bytes.UInt16()); break;
            case PickleOpcode.LONG1: PushInteger(bytes.Byte()); break;
            case PickleOpcode.LONG4: PushInteger(bytes.UInt32()); break;
            case PickleOpcode.INT or PickleOpcode.LONG: stack.Push(PickledNumber.Integer(bytes.Number())); break;
            case PickleOpcode.FLOAT: stack.Push(PickledNumber.Real(bytes.Number())); break;
            case PickleOpcode.BINFLOAT: stack.Push(bytes.Double()); break;
            case PickleOpcode.SHORT_BINUNICODE or PickleOpcode.SHORT_BINSTRING: stack.Push(bytes.Text(bytes.Byte())); break;
            case PickleOpcode.BINUNICODE or PickleOpcode.BINSTRING: stack.Push(bytes.Text(bytes.UInt32())); break;
            case PickleOpcode.BINUNICODE8: stack.Push(bytes.Text(bytes.Length())); break;
            case PickleOpcode.STRING: stack.Push(bytes.EscapedText(quoted: true)); break;
            case PickleOpcode.UNICODE: stack.Push(bytes.EscapedText(quoted: false)); break;
            case PickleOpcode.SHORT_BINBYTES: stack.Push(bytes.Take(bytes.Byte())); break;
            case PickleOpcode.BINBYTES: stack.Push(bytes.Take(bytes.UInt32())); break;
            case PickleOpcode.BINBYTES8 or PickleOpcode.BYTEARRAY8: stack.Push(bytes.Take(bytes.Length())); break;

            case PickleOpcode.EMPTY_TUPLE: stack.Push(Array.Empty<object?>()); break;
            case PickleOpcode.TUPLE1: stack.Push(stack.Pop(1)); break;
            case PickleOpcode.TUPLE2: stack.Push(stack.Pop(2)); break;
            case PickleOpcode.TUPLE3: stack.Push(stack.Pop(3)); break;
            case PickleOpcode.TUPLE: stack.Push(stack.PopToMark()); break;
            case PickleOpcode.EMPTY_LIST: stack.Push(new List<object?>()); break;
            case PickleOpcode.LIST: stack.Push(new List<object?>(stack.PopToMark())); break;
            case PickleOpcode.APPEND: Append([stack.Pop()]); break;
            case PickleOpcode.APPENDS: Append(stack.PopToMark()); break;
            case PickleOpcode.EMPTY_DICT: stack.Push(new PickledDictionary()); break;
            case PickleOpcode.DICT: MakeDictionary(); break;
            case PickleOpcode.SETITEM: SetItems(stack.Pop(2)); break;
            case PickleOpcode.SETITEMS: SetItems(stack.PopToMark()); break;
            case PickleOpcode.EMPTY_SET: stack.Push(new PickledForeign("a set")); break;
            case PickleOpcode.ADDITEMS: AddToSet(stack.PopToMark()); break;
            case PickleOpcode.FROZENSET: stack.PopToMark(); stack.Push(new PickledForeign("a set")); break;

            case PickleOpcode.PUT: stack.Memoize(PickledNumber.Index(bytes.Number())); break;
            case PickleOpcode.BINPUT: stack.Memoize(bytes.Byte()); break;
            case PickleOpcode.LONG_BINPUT: stack.Memoize(bytes.UInt32()); break;
            case PickleOpcode.MEMOIZE: stack.Memoize(); break;
            case PickleOpcode.GET: stack.Push(stack.Recall(PickledNumber.Index(bytes.Number()))); break;
            case PickleOpcode.BINGET: stack.Push(stack.Recall(bytes.Byte())); break;
            case PickleOpcode.LONG_BINGET: stack.Push(stack.Recall(bytes.UInt32())); break;

            case PickleOpcode.GLOBAL: stack.Push(PickleGlobal.Find(bytes.Line(), bytes.Line())); break;
            case PickleOpcode.STACK_GLOBAL: StackGlobal(); break;
            case PickleOpcode.EXT1: Extension(bytes.Byte()); break;
            case PickleOpcode.EXT2: Extension(bytes.UInt16()); break;
            case PickleOpcode.EXT4: Extension(bytes.UInt32()); break;
            case PickleOpcode.REDUCE or PickleOpcode.NEWOBJ: Call(stack.Pop(2)); break;
            case PickleOpcode.NEWOBJ_EX: Call(stack.Pop(3)); break;
            case PickleOpcode.OBJ: CallOfMarked(stack.PopToMark()); break;
            case PickleOpcode.INST: Call([PickleGlobal.Find(bytes.Line(), bytes.Line()), stack.PopToMark()]); break;
            case PickleOpcode.BUILD: Build(); break;
            case PickleOpcode.BINPERSID: PersistentId(stack.Pop()); break;
            case PickleOpcode.PERSID: PersistentId(bytes.Number()); break;
            default: throw new InvalidDataException("this opcode is refused: no file holds its buffers");
        }
    }

    private void Protocol()
    {
        var protocol = bytes.Byte();
        if (protocol is < 2 or > 5)
            throw new InvalidDataException($"expected protocol 2 to 5, found {protocol}");
    }

    private void PushInteger(uint count)
    {
        var little = bytes.Take(count);
        stack.Push(count <= LongestInteger ? PickledNumber.Shortest(new BigInteger(little)) : new PickledForeign("a long integer"));
    }

    private void Append(object?[] items)
    {
        if (stack.Top() is List<object?> list)
            list.AddRange(items);
        else if (stack.Top() is not PickledForeign)
            throw new InvalidDataException($"items are appended to {Pickled.Describe(stack.Top())}");
    }

    private void AddToSet(object?[] items)
    {
        if (stack.Top() is not PickledForeign)
            throw new InvalidDataException($"{items.Length} items are added to {Pickled.Describe(stack.Top())}");
    }

    private void MakeDictionary()
    {
        var items = stack.PopToMark();
        stack.Push(new PickledDictionary());
        SetItems(items);
    }

    private void SetItems(object?[] items)
    {
        if (stack.Top() is not (PickledDictionary or PickledForeign))
            throw new InvalidDataException($"items are set in {Pickled.Describe(stack.Top())}");
        if (items.Length % 2 != 0)
            throw new InvalidDataException("a key has no value");
        if (stack.Top() is PickledDictionary dictionary)
            for (var i = 0; i < items.Length; i += 2)
                dictionary.Items.Add(new(items[i], items[i + 1]));
    }

    private void StackGlobal()
    {
        if (stack.Pop(2) is not [string module, string name])
            throw new InvalidDataException("a global's module and name must be texts");
        // The same texts may be named many times, at a few bytes each.
        stack.Count(module.Length + name.Length);
        stack.Push(PickleGlobal.Find(module, name));
    }

    // What a number in Python's registry of extensions stands for, no file says.
    private void Extension(uint code) => stack.Push(new PickledForeign("extension", code.ToString(CultureInfo.InvariantCulture)));

    private void CallOfMarked(object?[] operands)
    {
        if (operands.Length == 0)
            throw new InvalidDataException("no class is given");
        Call([operands[0], operands[1..]]);
    }

    /// <summary>Function or class, arguments and, perhaps, arguments by name.</summary>
    private void Call(object?[] operands)
    {
        if (operands is not [PickleGlobal or PickledForeign, object?[] arguments, ..])
            throw new InvalidDataException($"{Pickled.Describe(operands[0])} is called with {Pickled.Describe(operands[1])}; refused");
        var callee = operands[0];
        // In a loop, because a hostile file may wrap a tensor any number of times.
        while (callee is PickleGlobal { MakesSubclass: true } && arguments is [PickleGlobal function, _, object?[] inner, ..])
        {
            stack.Count();
            (callee, arguments) = (function, inner);
        }
        // One list may be passed many times, at two bytes each.
        foreach (var argument in arguments)
            stack.Count(Size(argument));
        stack.Push(callee switch
        {
            PickleGlobal { Interpret: { } interpret } when operands.Length == 2 => interpret(arguments),
            PickleGlobal global => PickledForeign.ObjectOf(global.Name),
            _ => callee,
        });
    }

    private static int Size(object? value) => value switch
    {
        string text => text.Length,
        byte[] many => many.Length,
        object?[] tuple => tuple.Length,
        List<object?> list => list.Count,
        _ => 1,
    };

    // Dictionaries get attributes (torch's _metadata of versions), which nothing here needs.
    private void Build()
    {
        var state = stack.Pop();
        switch (stack.Top(), state)
        {
            case (PickledDictionary or PickledForeign, _): break;
            case (NumpyType type, object?[] fields): type.SetState(fields); break;
            default: throw new InvalidDataException(
                $"the state of {Pickled.Describe(stack.Top())} is set to {Pickled.Describe(state)}; refused");
        }
    }

    private void PersistentId(object? id) =>
        stack.Push(storages?.Resolve(id) ?? throw new InvalidDataException("a persistent id where none belongs"));

    private static string Name(PickleOpcode opcode) => Enum.IsDefined(opcode) ? opcode.ToString() : $"unknown opcode {(byte)opcode:x2}";
}
