using System.Numerics;

namespace ClassroomKD.Pickling;

/// <summary>
/// Interprets the opcodes of state dicts and refuses all others by name. It makes texts, numbers, lists, tuples, dictionaries and records
/// that describe tensors. It looks names up only in the table of <see cref="PickleGlobal"/>, calls only that table's interpretations, and
/// does not recurse.
/// </summary>
/// <param name="bytes">The pickle.</param>
/// <param name="storages">Resolves persistent ids; <c>null</c> if there must be none.</param>
internal sealed class PickleReader(PickleBytes bytes, PickledStorages? storages)
{
    private const int LongestInteger = 16;
    private readonly PickleStack stack = new();

    /// <summary>Reads one pickle; the stream is then at its end.</summary>
    public object? Read()
    {
        var at = bytes.Position;
        var opcode = PickleOpcode.PROTO;
        try
        {
            if (bytes.Byte() != (byte)PickleOpcode.PROTO)
                throw new InvalidDataException("a pickle of protocol 2 or later starts with PROTO");
            Protocol();
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
            case PickleOpcode.FRAME: bytes.UInt64(); break;
            case PickleOpcode.MARK: stack.Mark(); break;

            case PickleOpcode.NONE: stack.Push(null); break;
            case PickleOpcode.NEWTRUE: stack.Push(true); break;
            case PickleOpcode.NEWFALSE: stack.Push(false); break;
            case PickleOpcode.BININT: stack.Push((long)bytes.Int32()); break;
            case PickleOpcode.BININT1: stack.Push((long)bytes.Byte()); break;
            case PickleOpcode.BININT2: stack.Push((long)bytes.UInt16()); break;
            case PickleOpcode.LONG1: PushInteger(bytes.Byte()); break;
            case PickleOpcode.BINFLOAT: stack.Push(bytes.Double()); break;
            case PickleOpcode.SHORT_BINUNICODE or PickleOpcode.SHORT_BINSTRING: stack.Push(bytes.Text(bytes.Byte())); break;
            case PickleOpcode.BINUNICODE or PickleOpcode.BINSTRING: stack.Push(bytes.Text(bytes.UInt32())); break;
            case PickleOpcode.SHORT_BINBYTES: stack.Push(bytes.Take(bytes.Byte())); break;
            case PickleOpcode.BINBYTES: stack.Push(bytes.Take(bytes.UInt32())); break;

            case PickleOpcode.EMPTY_TUPLE: stack.Push(Array.Empty<object?>()); break;
            case PickleOpcode.TUPLE1: stack.Push(stack.Pop(1)); break;
            case PickleOpcode.TUPLE2: stack.Push(stack.Pop(2)); break;
            case PickleOpcode.TUPLE3: stack.Push(stack.Pop(3)); break;
            case PickleOpcode.TUPLE: stack.Push(stack.PopToMark()); break;
            case PickleOpcode.EMPTY_LIST: stack.Push(new List<object?>()); break;
            case PickleOpcode.APPEND: Append([stack.Pop()]); break;
            case PickleOpcode.APPENDS: Append(stack.PopToMark()); break;
            case PickleOpcode.EMPTY_DICT: stack.Push(new PickledDictionary()); break;
            case PickleOpcode.SETITEM: SetItems(stack.Pop(2)); break;
            case PickleOpcode.SETITEMS: SetItems(stack.PopToMark()); break;

            case PickleOpcode.BINPUT: stack.Memoize(bytes.Byte()); break;
            case PickleOpcode.LONG_BINPUT: stack.Memoize(bytes.UInt32()); break;
            case PickleOpcode.MEMOIZE: stack.Memoize(); break;
            case PickleOpcode.BINGET: stack.Push(stack.Recall(bytes.Byte())); break;
            case PickleOpcode.LONG_BINGET: stack.Push(stack.Recall(bytes.UInt32())); break;

            case PickleOpcode.GLOBAL: stack.Push(PickleGlobal.Find(bytes.Line(), bytes.Line())); break;
            case PickleOpcode.STACK_GLOBAL: StackGlobal(); break;
            case PickleOpcode.REDUCE: Reduce(); break;
            case PickleOpcode.BUILD: Build(); break;
            case PickleOpcode.BINPERSID: PersistentId(); break;
            default: throw new InvalidDataException("this opcode is refused: state dicts do not need it");
        }
    }

    private void Protocol()
    {
        var protocol = bytes.Byte();
        if (protocol is < 2 or > 5)
            throw new InvalidDataException($"expected protocol 2 to 5, found {protocol}");
    }

    private void PushInteger(byte count)
    {
        if (count > LongestInteger)
            throw new InvalidDataException($"an integer of {count} bytes; at most {LongestInteger} are read");
        var value = new BigInteger(bytes.Take(count));
        if (value >= long.MinValue && value <= long.MaxValue)
            stack.Push((long)value);
        else
            stack.Push(value);
    }

    private void Append(object?[] items)
    {
        var list = stack.Top() as List<object?> ?? throw new InvalidDataException($"items are appended to {Pickled.Describe(stack.Top())}");
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        var dictionary = stack.Top() as PickledDictionary
            ?? throw new InvalidDataException($"items are set in {Pickled.Describe(stack.Top())}");
        if (items.Length % 2 != 0)
            throw new InvalidDataException("a key has no value");
        for (var i = 0; i < items.Length; i += 2)
            dictionary.Items.Add(new(items[i], items[i + 1]));
    }

    private void StackGlobal()
    {
        if (stack.Pop(2) is not [string module, string name])
            throw new InvalidDataException("a global's module and name must be texts");
        stack.Push(PickleGlobal.Find(module, name));
    }

    private void Reduce()
    {
        var operands = stack.Pop(2);
        if (operands is not [PickleGlobal { Interpret: { } interpret }, object?[] arguments])
            throw new InvalidDataException($"{Pickled.Describe(operands[0])} is called with {Pickled.Describe(operands[1])}; refused");
        // One list may be passed many times, at two bytes each.
        foreach (var argument in arguments)
            stack.Count(Size(argument));
        stack.Push(interpret(arguments));
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
            case (PickledDictionary, PickledDictionary): break;
            case (NumpyType type, object?[] fields): type.SetState(fields); break;
            default: throw new InvalidDataException(
                $"the state of {Pickled.Describe(stack.Top())} is set to {Pickled.Describe(state)}; refused");
        }
    }

    private void PersistentId()
    {
        var id = stack.Pop();
        stack.Push(storages?.Resolve(id) ?? throw new InvalidDataException("a persistent id where none belongs"));
    }

    private static string Name(PickleOpcode opcode) => Enum.IsDefined(opcode) ? opcode.ToString() : $"unknown opcode {(byte)opcode:x2}";
}
