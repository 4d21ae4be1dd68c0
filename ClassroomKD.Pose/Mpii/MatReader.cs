using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClassroomKD.Pose;

/// <summary>One element of a level 5 MATLAB file: its type and where its content lies.</summary>
internal readonly record struct MatElement(int Type, int Start, int Length);

/// <summary>Walks the elements of a level 5 MATLAB file: a type, a length, as many bytes, padding to 8.</summary>
internal sealed class MatReader(byte[] bytes, bool swap, string source)
{
    public const int MatrixType = 14;

    private const int CellClass = 1, CharClass = 4, FirstNumberClass = 6, LastNumberClass = 15;
    private const int ComplexFlag = 0x0800;
    private const int MaxDepth = 16;

    /// <summary>The element at a position that must end before a limit; the next one starts at <c>next</c>.</summary>
    /// <param name="position">Where the tag starts.</param>
    /// <param name="limit">Where the enclosing content ends.</param>
    /// <param name="padded">Whether the next element starts at a multiple of 8 bytes; compressed ones at the top level do not pad.</param>
    /// <param name="next">Where the next element starts.</param>
    public MatElement Element(int position, int limit, bool padded, out int next)
    {
        if (limit - position < 8)
            throw Bad(position, $"expected an element's tag of 8 bytes, found {Math.Max(0, limit - position)}");
        var tag = Read<uint>(position);
        var small = tag >> 16;
        if (small != 0)
        {
            // Up to 4 bytes fit beside their own tag.
            if (small > 4)
                throw Bad(position, $"expected at most 4 bytes in a small element, found {small}");
            next = position + 8;
            return new MatElement((int)(tag & 0xFFFF), position + 4, (int)small);
        }
        var length = Read<uint>(position + 4);
        if (length > (uint)(limit - position - 8))
            throw Bad(position, $"an element claims {length} bytes, {limit - position - 8} are left");
        var end = position + 8 + (int)length;
        next = padded ? Math.Min(limit, end + (8 - end % 8) % 8) : end;
        return new MatElement((int)tag, position + 8, (int)length);
    }

    /// <summary>The array in a matrix element; null where it is of a kind that is not read.</summary>
    public MatArray? Matrix(MatElement matrix, int depth = 0)
    {
        if (depth > MaxDepth)
            throw Bad(matrix.Start, $"cells are nested more than {MaxDepth} deep");
        var end = matrix.Start + matrix.Length;
        if (matrix.Length == 0)
            return new MatArray("", [0, 0], [], null, null);
        var flags = Element(matrix.Start, end, true, out var next);
        if (flags.Length != 8)
            throw Bad(matrix.Start, $"expected 8 bytes of array flags, found {flags.Length}");
        var flag = Read<uint>(flags.Start);
        var kind = (int)(flag & 0xFF);
        if ((flag & ComplexFlag) != 0 || !(kind is CellClass or CharClass or (>= FirstNumberClass and <= LastNumberClass)))
            return null;

        var dimensions = Dimensions(Element(next, end, true, out next), out var count);
        var name = Element(next, end, true, out next);
        var label = string.Concat(Integers(name).Select(c => (char)c));
        if (kind == CellClass)
            return new MatArray(label, dimensions, null, null, Cells(count, next, end, depth));
        var content = Element(next, end, true, out _);
        var numbers = Numbers(content);
        if (numbers.Length != count)
            throw Bad(
                content.Start,
                $"expected {count} values for dimensions {string.Join('x', dimensions)} of '{label}', found {numbers.Length}");
        return kind == CharClass
            ? new MatArray(label, dimensions, null, string.Concat(numbers.Select(c => (char)c)), null)
            : new MatArray(label, dimensions, numbers, null, null);
    }

    private MatArray[] Cells(long count, int next, int end, int depth)
    {
        // A cell takes 8 bytes at least: checked before room for them is made.
        if (count > (end - next) / 8)
            throw Bad(next, $"{count} cells cannot fit into {end - next} bytes");
        var cells = new MatArray[count];
        for (var i = 0; i < cells.Length; i++)
        {
            var start = next;
            var cell = Element(start, end, true, out next);
            if (cell.Type != MatrixType)
                throw Bad(start, $"expected an array as cell {i}, found element type {cell.Type}");
            cells[i] = Matrix(cell, depth + 1) ?? throw Bad(start, $"cell {i} is neither numbers nor text nor cells");
        }
        return cells;
    }

    private int[] Dimensions(MatElement element, out long count)
    {
        var dimensions = Integers(element);
        if (dimensions.Length < 2)
            throw Bad(element.Start, $"expected two dimensions at least, found {dimensions.Length}");
        count = 1;
        foreach (var extent in dimensions)
        {
            if (extent < 0 || (extent > 0 && count > Array.MaxLength / extent))
                throw Bad(element.Start, $"dimensions {string.Join('x', dimensions)} are no possible size");
            count *= extent;
        }
        return dimensions;
    }

    private int[] Integers(MatElement element) => [.. Numbers(element).Select(number => (int)number)];

    private double[] Numbers(MatElement element)
    {
        var size = element.Type switch
        {
            1 or 2 or 16 => 1,
            3 or 4 or 17 => 2,
            5 or 6 or 7 or 18 => 4,
            9 or 12 or 13 => 8,
            _ => throw Bad(element.Start, $"element type {element.Type} holds no numbers"),
        };
        if (element.Length % size != 0)
            throw Bad(element.Start, $"{element.Length} bytes are no whole number of {size}-byte values");
        var numbers = new double[element.Length / size];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = Number(element.Type, element.Start + i * size);
        return numbers;
    }

    private double Number(int type, int at) => type switch
    {
        1 => (sbyte)bytes[at],
        2 or 16 => bytes[at],
        3 => Read<short>(at),
        4 or 17 => Read<ushort>(at),
        5 => Read<int>(at),
        6 or 18 => Read<uint>(at),
        7 => BitConverter.UInt32BitsToSingle(Read<uint>(at)),
        9 => BitConverter.UInt64BitsToDouble(Read<ulong>(at)),
        12 => Read<long>(at),
        _ => Read<ulong>(at),
    };

    private T Read<T>(int at)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var value = bytes.AsSpan(at, Unsafe.SizeOf<T>());
        var unsigned = T.IsZero(T.MinValue);
        return swap ? T.ReadBigEndian(value, unsigned) : T.ReadLittleEndian(value, unsigned);
    }

    private InvalidDataException Bad(int at, string what) => new($"{source}, byte {at}: {what}.");
}
