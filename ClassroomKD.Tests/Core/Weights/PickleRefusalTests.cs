using ClassroomKD.Pickling;
using static ClassroomKD.Tests.Core.Weights.Pickles;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>Nothing in a pickle is executed; whatever asks for it is named.</summary>
public sealed class PickleRefusalTests
{
    private const string Command = "X\u0004\u0000\u0000\u0000echo\u0085R";

    [Test]
    public void A_crafted_state_dict_of_these_tests_is_read()
    {
        using var weights = Read(Dictionary("w", Tensor(3, 1, [2], [1])));
        weights["w"].shape.Should().Equal(2);
    }

    [TestCase("NEXT_BUFFER")]
    [TestCase("READONLY_BUFFER")]
    public void Opcodes_for_buffers_that_no_file_holds_are_refused_by_name_and_position(string opcode) =>
        Refusing($"}}{(char)Enum.Parse<PickleOpcode>(opcode)}").WithMessage(
            $"crafted: 'archive/data.pkl': the pickle's byte 3 ({opcode}): this opcode is refused*");

    [Test]
    public void Unknown_opcodes_are_refused() => Refusing("}\u00ff").WithMessage("*byte 3 (unknown opcode ff): this opcode is refused*");

    [Test]
    public void Names_in_messages_are_kept_short_and_on_one_line()
    {
        var message = Refusing($"{Text("a\nb\u001b[31m")}{Text(new string('x', 5000))}\u0093)R").Which.Message;
        message.Should().Contain("an object of a?b?[31m.xxx").And.NotContain("\n");
        message.Length.Should().BeLessThan(500);
    }

    [Test]
    public void Only_names_are_called_and_tensors_are_made_only_of_what_they_take()
    {
        Refusing($"{Text("os.system")}{Command}").WithMessage("*(REDUCE): the text 'os.system' is called with a tuple of 1; refused*");
        Refusing($"{Ordered}{Text("x")}R").WithMessage("*collections.OrderedDict is called with the text 'x'; refused*");
        Refusing($"ctorch._utils\n_rebuild_tensor_v2\n{Command}").WithMessage("*_rebuild_tensor_v2 is called with (the text 'echo')*");
        Refusing($"ctorch._utils\n_rebuild_parameter\n{Command}").WithMessage("*_rebuild_parameter is called with (the text 'echo')*");
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
            "*no tensors are found*'w' (a tensor with metadata*");
    }

    [Test]
    public void Damaged_stacks_memos_and_texts_are_reported()
    {
        Refusing("").WithMessage("*the pickle ends with 0 values*");
        Refusing("}}").WithMessage("*the pickle ends with 2 values*");
        Refusing("(").WithMessage("*the pickle ends with 0 values and 1 marks*");
        Refusing("0").WithMessage("*(POP): a value is taken from an empty stack*");
        Refusing("1").WithMessage("*(POP_MARK): a mark is missing*");
        Refusing("g-1\n").WithMessage("*(GET): '-1' is no place in the memo*");
        Refusing("}p7\n").WithMessage("*(PUT): the memo of 0 values is written at 7*");
        Refusing("I1.5\n").WithMessage("*(INT): '1.5' is no integer*");
        Refusing("Fx\n").WithMessage("*(FLOAT): 'x' is no number*");
        Refusing("Sx\n").WithMessage("*(STRING): a text without quotes*");
        Refusing("(o").WithMessage("*(OBJ): no class is given*");
        Refusing("](N\u0090").WithMessage("*(ADDITEMS): 1 items are added to a list of 0*");
        Refusing("Px\n").WithMessage("*(PERSID): expected the persistent id*found the text 'x'*");
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
        Refusing("c\u00ff\nx\n").WithMessage("*(GLOBAL): a name of 1 bytes is no valid UTF-8*");
        Refusing("\u0080\u0006").WithMessage("*expected protocol 2 to 5, found 6*");
        Refusing(Dictionary("w", Tensor(3, 0, [3], [1])) + Text("w") + Tensor(3, 0, [3], [1]) + "s").WithMessage("*'w' is there twice*");
        Refusing($"}}{Integer(5)}{Tensor(3, 0, [3], [1])}s").WithMessage("*a tensor's name must be a text, found the integer 5*");
        Refusing($"]").WithMessage("*expected a dictionary of tensors, found a list of 0*");
    }
}
