using ClassroomKD.Pickling;
using static ClassroomKD.Tests.Core.Weights.Pickles;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>
/// A pickle that Python would run, in each family of opcodes that reaches code: here it is read past, whatever it names, and nothing runs.
/// </summary>
public sealed class HostileOpcodeTests
{
    private static readonly (string Module, string Name)[] Globals =
    [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"), ("builtins", "exec"),
        ("__builtin__", "eval"), ("builtins", "getattr"), ("builtins", "__import__"), ("runpy", "_run_code"),
        ("importlib", "import_module"), ("torch", "load"), ("torch.storage", "_load_from_bytes"), ("torch.jit._pickle", "build_intlist"),
        ("torch.hub", "load"), ("numpy.testing._private.utils", "runstring"), ("collections", "OrderedDict.fromkeys"),
        ("System.Diagnostics", "Process"), ("System.Diagnostics.Process, System.Diagnostics.Process", "Start"),
    ];

    // {0} is where the marker's command stands, {1} the global.
    private static readonly (string Family, Func<string, (string Module, string Name), string> Value)[] Families =
    [
        ("GLOBAL REDUCE", (text, global) => $"c{global.Module}\n{global.Name}\n{text}\u0085R"),
        ("STACK_GLOBAL REDUCE", (text, global) => $"{Text(global.Module)}{Text(global.Name)}\u0093{text}\u0085R"),
        ("INST", (text, global) => $"({text}i{global.Module}\n{global.Name}\n"),
        ("OBJ", (text, global) => $"(c{global.Module}\n{global.Name}\n{text}o"),
        ("NEWOBJ", (text, global) => $"c{global.Module}\n{global.Name}\n{text}\u0085\u0081"),
        ("NEWOBJ_EX", (text, global) => $"c{global.Module}\n{global.Name}\n){Dictionary("args", text)}\u0092"),
        ("BUILD", (text, global) => $"cmodels\nNet\n)\u0081}}{Text("__setstate__")}c{global.Module}\n{global.Name}\nsb{text}b"),
        ("EXT1", (text, _) => $"\u0082\u0001{text}\u0085R"),
        ("EXT4", (text, _) => $"\u0084{Word(1)}{text}\u0085R"),
        ("PERSID module", (text, global) => $"({Text("module")}c{global.Module}\n{global.Name}\n{text}{text}tQ{text}\u0085R"),
        ("a result is called", (text, global) => $"cbuiltins\ngetattr\nN\u0085R{text}\u0085Rc{global.Module}\n{global.Name}\n\u0085R"),
        ("APPENDS", (text, global) => $"c{global.Module}\n{global.Name}\n)R({text}{text}e"),
        ("SETITEMS", (text, global) => $"c{global.Module}\n{global.Name}\n)R({text}{text}u"),
        ("ADDITEMS", (text, global) => $"c{global.Module}\n{global.Name}\n)R({text}{text}\u0090"),
        ("a tensor's hooks", (text, global) => Tensor(3, 0, [3], [1]).Replace($"{Ordered})RtR", $"c{global.Module}\n{global.Name}\n" +
            $"{text}\u0085RtR", StringComparison.Ordinal)),
        ("a subclass", (text, global) => $"ctorch._tensor\n_rebuild_from_type_v2\n(c{global.Module}\n{global.Name}\nN{text}\u0085NtR"),
        ("a reconstructor", (text, global) => $"ccopyreg\n_reconstructor\n(c{global.Module}\n{global.Name}\n{text}NtR"),
        ("a numpy scalar", (text, _) => $"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n{Text("O8")}\u0085RC\u0008\u0080\u0002}}" +
            "....\u002e\u0086R"),
        ("a codec", (text, _) => $"c_codecs\nencode\n{text}{Text("rot13")}\u0086R"),
        ("a class of storages", (text, _) => $"ctorch\nFloatStorage\n{text}\u0085R"),
    ];

    private static IEnumerable<TestCaseData> Cases =>
        Families.Select(family => new TestCaseData(family.Value).SetArgDisplayNames(family.Family));

    [TestCaseSource(nameof(Cases))]
    public void Nothing_is_executed_and_the_weights_are_read(Func<string, (string Module, string Name), string> value)
    {
        var folder = Directory.CreateTempSubdirectory("classroomkd-hostile-");
        try
        {
            var marker = Path.Combine(folder.FullName, "executed");
            foreach (var global in Globals)
            {
                var command = Text($"touch {marker}");
                using var weights = Read($"}}({Text("w")}{Tensor(3, 0, [3], [1])}{Text("beside")}{value(command, global)}u");
                weights.Keys.Should().Contain("w", $"{global}");
                weights.LeftOut.Select(entry => entry.Name).Concat(weights.Keys.Skip(1)).Should().Equal(["beside"], $"{global}");
            }
            folder.GetFileSystemInfos().Should().BeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_dotted_name_cannot_pose_as_another()
    {
        using var weights = Read(
            $"}}({Text("w")}{Tensor(3, 0, [3], [1])}{Text("beside")}{Text("torch")}{Text("_utils._rebuild_tensor_v2")}\u0093)Ru");
        weights.LeftOut.Should().Equal(new LeftOutEntry("beside", "an object of torch._utils._rebuild_tensor_v2"));
    }

    [Test]
    public void Nothing_of_a_foreign_object_is_kept() =>
        typeof(PickledForeign).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)
            .Should().NotBeEmpty().And.OnlyContain(field => field.FieldType == typeof(string));
}
