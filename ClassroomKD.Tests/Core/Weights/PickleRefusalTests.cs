using ClassroomKD.Pickling;
using static ClassroomKD.Tests.Core.Weights.Pickles;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>Nothing in a pickle is executed; whatever asks for it is named.</summary>
public sealed class PickleRefusalTests
{
    private const string Command = "X\u0004\u0000\u0000\u0000echo\u0085R";

    private static readonly PickleOpcode[] Allowed =
    [
        PickleOpcode.PROTO, PickleOpcode.FRAME, PickleOpcode.MARK, PickleOpcode.NONE, PickleOpcode.NEWTRUE, PickleOpcode.NEWFALSE,
        PickleOpcode.BININT, PickleOpcode.BININT1, PickleOpcode.BININT2, PickleOpcode.LONG1, PickleOpcode.BINFLOAT,
        PickleOpcode.SHORT_BINUNICODE, PickleOpcode.SHORT_BINSTRING, PickleOpcode.BINUNICODE, PickleOpcode.BINSTRING,
        PickleOpcode.SHORT_BINBYTES, PickleOpcode.BINBYTES, PickleOpcode.EMPTY_TUPLE, PickleOpcode.TUPLE1, PickleOpcode.TUPLE2,
        PickleOpcode.TUPLE3, PickleOpcode.TUPLE, PickleOpcode.EMPTY_LIST, PickleOpcode.APPEND, PickleOpcode.APPENDS,
        PickleOpcode.EMPTY_DICT, PickleOpcode.SETITEM, PickleOpcode.SETITEMS, PickleOpcode.BINPUT, PickleOpcode.LONG_BINPUT,
        PickleOpcode.MEMOIZE, PickleOpcode.BINGET, PickleOpcode.LONG_BINGET, PickleOpcode.GLOBAL, PickleOpcode.STACK_GLOBAL,
        PickleOpcode.REDUCE, PickleOpcode.BUILD, PickleOpcode.BINPERSID, PickleOpcode.STOP,
    ];

    private static readonly string[] Others = [.. Enum.GetValues<PickleOpcode>().Except(Allowed).Select(opcode => opcode.ToString())];

    [Test]
    public void A_crafted_state_dict_of_these_tests_is_read()
    {
        using var weights = Read(Dictionary("w", Tensor(3, 1, [2], [1])));
        weights["w"].shape.Should().Equal(2);
    }

    [TestCaseSource(nameof(Others))]
    public void Every_other_opcode_is_refused_by_name_and_position(string opcode) =>
        Refusing($"}}{(char)Enum.Parse<PickleOpcode>(opcode)}\u0001\u0000\u0000\u0000ios\nsystem\n").WithMessage(
            $"crafted: 'archive/data.pkl': the pickle's byte 3 ({opcode}): this opcode is refused*");

    [Test]
    public void Unknown_opcodes_are_refused() => Refusing("}\u00ff").WithMessage("*byte 3 (unknown opcode ff): this opcode is refused*");

    [TestCase("os", "system")]
    [TestCase("posix", "system")]
    [TestCase("nt", "system")]
    [TestCase("subprocess", "Popen")]
    [TestCase("builtins", "eval")]
    [TestCase("builtins", "exec")]
    [TestCase("__builtin__", "eval")]
    [TestCase("builtins", "getattr")]
    [TestCase("builtins", "set")]
    [TestCase("runpy", "_run_code")]
    [TestCase("importlib", "import_module")]
    [TestCase("torch", "load")]
    [TestCase("torch.storage", "_load_from_bytes")]
    [TestCase("torch.storage", "UntypedStorage")]
    [TestCase("torch._utils", "_rebuild_qtensor")]
    [TestCase("torch._tensor", "_rebuild_from_type_v2")]
    [TestCase("torch.jit._pickle", "build_intlist")]
    [TestCase("numpy.core.multiarray", "_reconstruct")]
    [TestCase("torch", "QInt8Storage")]
    [TestCase("collections", "OrderedDict.fromkeys")]
    [TestCase("collections", "defaultdict")]
    [TestCase("System.Diagnostics", "Process")]
    public void Globals_outside_the_list_are_refused_by_name_in_both_notations(string module, string name)
    {
        Refusing($"c{module}\n{name}\n{Command}").WithMessage($"*byte 2 (GLOBAL): the global '{module}.{name}' is refused*");
        Refusing($"{Text(module)}{Text(name)}\u0093{Command}").WithMessage($"*(STACK_GLOBAL): the global '{module}.{name}' is refused*");
    }

    [Test]
    public void A_dotted_name_cannot_pose_as_another() =>
        Refusing($"{Text("torch")}{Text("_utils._rebuild_tensor_v2")}\u0093").WithMessage(
            "*the global 'torch._utils._rebuild_tensor_v2' is refused*");

    [Test]
    public void Names_in_messages_are_kept_short_and_on_one_line()
    {
        var message = Refusing($"{Text("a\nb\u001b[31m")}{Text(new string('x', 5000))}\u0093").Which.Message;
        message.Should().Contain("'a?b?[31m.xxx").And.NotContain("\n");
        message.Length.Should().BeLessThan(500);
    }

    [Test]
    public void Only_what_is_in_the_list_is_called_and_only_with_what_it_takes()
    {
        Refusing($"{Text("os.system")}{Command}").WithMessage("*(REDUCE): the text 'os.system' is called with a tuple of 1; refused*");
        Refusing($"ctorch\nFloatStorage\n{Command}").WithMessage("*(REDUCE): torch.FloatStorage is called with a tuple of 1; refused*");
        Refusing($"{Ordered}{Command}").WithMessage("*collections.OrderedDict is called with (the text 'echo'), which it does not take*");
        Refusing($"{Ordered}{Text("x")}R").WithMessage("*collections.OrderedDict is called with the text 'x'; refused*");
        Refusing($"ctorch._utils\n_rebuild_tensor_v2\n{Command}").WithMessage("*_rebuild_tensor_v2 is called with (the text 'echo')*");
        Refusing($"c_codecs\nencode\n{Text("x")}{Text("rot13")}\u0086R").WithMessage(
            "*_codecs.encode is called with (the text 'x', the text 'rot13')*");
        Refusing($"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n{Text("O8")}\u0085RC\u0008\u0080\u0002}}....\u002e\u0086R").WithMessage(
            "*numpy's type 'O8' in 8 bytes is not read*");
    }

    [Test]
    public void State_is_set_only_where_it_has_no_effect()
    {
        Refusing($"{Dictionary("w", Tensor(3, 0, [3], [1]) + "}b")}").WithMessage(
            "*(BUILD): the state of a tensor is set to a dictionary of 0; refused*");
        Refusing("]}b").WithMessage("*(BUILD): the state of a list of 0 is set to a dictionary of 0; refused*");
        using var weights = Read(Dictionary("w", Tensor(3, 0, [3], [1])) + $"}}{Text("__class__")}{Text("evil")}sb");
        weights.Keys.Should().Equal("w");
    }

    [Test]
    public void Persistent_ids_of_another_form_are_refused()
    {
        Refusing($"{Text("storage")}Q").WithMessage(
            "*(BINPERSID): expected the persistent id ('storage', type, key, device, count), found the text 'storage'*");
        Refusing($"({Text("module")}{Text("os")}{Text("0")}{Text("cpu")}{Integer(1)}tQ").WithMessage(
            "*found (the text 'module', the text 'os'*");
        Refusing($"({Text("storage")}{Text("FloatStorage")}{Text("0")}{Text("cpu")}{Integer(1)}tQ").WithMessage(
            "*expected the persistent id*");
        Refusing($"({Text("storage")}{Ordered}{Text("0")}{Text("cpu")}{Integer(1)}tQ").WithMessage("*expected the persistent id*");
        Refusing(Storage(-1)).WithMessage("*storage '0' claims -1 elements of Float32*");
        Refusing(Storage(1L << 60)).WithMessage("*storage '0' claims 1152921504606846976 elements of Float32; the file can hold*");
        Refusing(Storage(3) + Storage(2)).WithMessage("*storage '0' is 3 of Float32 in one place, 2 of Float32 in another*");
        Refusing(Storage(3) + Storage(3, "IntStorage")).WithMessage("*storage '0' is 3 of Float32 in one place, 3 of Int32 in another*");
        Refusing(Dictionary("w", Tensor(3, 0, [3], [1], key: "../../../etc/passwd"))).WithMessage(
            "*the archive has no 'archive/data/../../../etc/passwd'*");
        Refusing(Dictionary("w", Tensor(4, 0, [3], [1]))).WithMessage("*'archive/data/0' holds 12 bytes; 4 of Float32 take 16*");
    }

    [Test]
    public void Tensors_that_reach_out_of_their_storage_are_refused()
    {
        foreach (var (offset, shape, strides) in new (long, long[], long[])[]
        {
            (0, [4], [1]), (1, [3], [1]), (-1, [2], [1]), (0, [2], [-1]), (0, [2, 2], [2, 1]), (0, [2], [long.MaxValue]),
            (long.MaxValue, [1], [1]),
            (0, [long.MaxValue], [0]), (0, [1L << 31, 1L << 31], [0, 0]), (0, [-1], [1]), (0, [2], []),
            (0, [1L << 40, 1L << 40, 0], [1, 1, 1]), (3, [], []),
            (0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]),
        })
            Refusing(Dictionary("w", Tensor(3, offset, shape, strides))).WithMessage("*(REDUCE): a tensor of shape*");
        Refusing(Dictionary("w", Tensor(3, 0, [3], [1], metadata: $"}}{Text("conj")}\u0088s"))).WithMessage(
            "*a tensor with metadata*is refused*");
    }

    [Test]
    public void Damaged_stacks_memos_and_texts_are_reported()
    {
        Refusing("").WithMessage("*the pickle ends with 0 values*");
        Refusing("}}").WithMessage("*the pickle ends with 2 values*");
        Refusing("(").WithMessage("*the pickle ends with 0 values and 1 marks*");
        Refusing("0").WithMessage("*(POP): this opcode is refused*");
        Refusing("\u0085").WithMessage("*(TUPLE1): a value is taken from an empty stack*");
        Refusing("N(\u0085").WithMessage("*(TUPLE1): a value is taken from an empty stack*");
        Refusing("t").WithMessage("*(TUPLE): a mark is missing*");
        Refusing("Na").WithMessage("*(APPEND): a value is taken from an empty stack*");
        Refusing("}Na").WithMessage("*(APPEND): items are appended to a dictionary of 0*");
        Refusing("](Nu").WithMessage("*(SETITEMS): items are set in a list of 0*");
        Refusing("}(Nu").WithMessage("*(SETITEMS): a key has no value*");
        Refusing("h\u0007").WithMessage("*(BINGET): the memo of 0 values is read at 7*");
        Refusing("}r\u00ff\u00ff\u00ff\u00ff").WithMessage("*(LONG_BINPUT): the memo of 0 values is written at 4294967295*");
        Refusing("X\u00ff\u00ff\u00ff\u00ff").WithMessage("*(BINUNICODE): 4294967295 bytes are wanted, 1 are left*");
        Refusing("X\u0001\u0000\u0000\u0000\u00ff").WithMessage("*(BINUNICODE): a text of 1 bytes is no valid UTF-8*");
        Refusing("\u008a\u0040" + new string('\u0001', 64)).WithMessage("*an integer of 64 bytes*");
        Refusing("\u0080\u0006").WithMessage("*expected protocol 2 to 5, found 6*");
        Refusing(Dictionary("w", Tensor(3, 0, [3], [1])) + Text("w") + Tensor(3, 0, [3], [1]) + "s").WithMessage("*'w' is there twice*");
        Refusing($"}}{Integer(5)}{Tensor(3, 0, [3], [1])}s").WithMessage("*a tensor's name must be a text, found the integer 5*");
        Refusing($"]").WithMessage("*expected a dictionary of tensors, found a list of 0*");
        Refusing(Archive([(byte)'}', (byte)'.'], [])).WithMessage("*a pickle of protocol 2 or later starts with PROTO*");
    }
}
