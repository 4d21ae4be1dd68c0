using System.Runtime.InteropServices;
using TorchSharp;

namespace ClassroomKD.Tests.Core.Runtime;

/// <summary>That a missing function is named, .ci/published shows.</summary>
[Platform("Linux")]
public sealed class ElfSymbolsTests
{
    private static readonly string Library = File.ReadLines("/proc/self/maps")
        .First(line => line.EndsWith("/libLibTorchSharp.so", StringComparison.Ordinal)).Split(' ')[^1];

    [Test]
    public void Functions_of_other_libraries_are_found_and_they_have_them()
    {
        var native = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);

        var symbols = ElfSymbols.Undefined(Library);

        symbols.Should().Contain(symbol => symbol.StartsWith("_ZN2at4_ops", StringComparison.Ordinal)).And.OnlyHaveUniqueItems();
        symbols.Where(symbol => !NativeLibrary.TryGetExport(native, symbol, out _)).Should().BeEmpty();
    }

    [Test]
    public void Another_file_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Root, "some.so");
        File.WriteAllText(file, new string('x', 100));

        var reading = () => ElfSymbols.Undefined(file);

        reading.Should().Throw<InvalidDataException>().WithMessage($"*{file}*ELF*");
    }

    [Test]
    public void A_library_cut_anywhere_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Root, "cut.so");
        var whole = File.ReadAllBytes(Library);
        foreach (var length in Enumerable.Range(0, 40).Select(i => i * (whole.Length - 1) / 40))
        {
            File.WriteAllBytes(file, whole[..length]);

            var reading = () => ElfSymbols.Undefined(file);

            reading.Should().Throw<InvalidDataException>().WithMessage($"*{file}*");
        }
    }
}
