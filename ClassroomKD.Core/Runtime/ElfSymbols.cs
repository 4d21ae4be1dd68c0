using System.Buffers.Binary;
using System.Text;

namespace ClassroomKD;

/// <summary>The symbols that a 64-bit ELF library needs from other libraries.</summary>
internal static class ElfSymbols
{
    private const int Relocations = 4; // SHT_RELA
    private const int DynamicSymbols = 11; // SHT_DYNSYM
    private const int Global = 1; // STB_GLOBAL; a weak symbol may stay unresolved
    private const int SectionSize = 64;
    private const int EntrySize = 24; // of a symbol, and of a relocation

    /// <summary>The names that the library refers to and does not define.</summary>
    /// <exception cref="InvalidDataException">The file is no 64-bit little-endian ELF library, or is cut short.</exception>
    public static IReadOnlyList<string> Undefined(string path)
    {
        var image = File.ReadAllBytes(path);
        if (image.Length < SectionSize || !image.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException($"{path}: a 64-bit little-endian ELF library was expected.");
        try
        {
            return Undefined(image);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path}: the ELF library is cut short.", exception);
        }
    }

    private static List<string> Undefined(byte[] image)
    {
        var sections = Enumerable.Range(0, Int16(image, 0x3c)).Select(i => Int64(image, 0x28) + (i * SectionSize)).ToList();
        var found = new List<string>();
        foreach (var table in sections.Where(section => Int32(image, section + 4) == DynamicSymbols))
        {
            var names = Int64(image, sections[Int32(image, table + 40)] + 24);
            var used = sections.Where(section => Int32(image, section + 4) == Relocations).SelectMany(section => Entries(image, section))
                .Select(relocation => Int32(image, relocation + 12)).ToHashSet();
            foreach (var (index, symbol) in Entries(image, table).Index())
            {
                if (!used.Contains(index) || image[symbol + 4] >> 4 != Global || Int16(image, symbol + 6) != 0)
                    continue;
                var name = image.AsSpan(names + Int32(image, symbol));
                found.Add(Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]));
            }
        }

        return found;
    }

    private static IEnumerable<int> Entries(byte[] image, int section) =>
        Enumerable.Range(0, Int64(image, section + 32) / EntrySize).Select(i => Int64(image, section + 24) + (i * EntrySize));

    private static int Int16(byte[] image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at));

    private static int Int32(byte[] image, int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at)));

    private static int Int64(byte[] image, int at) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(at)));
}
